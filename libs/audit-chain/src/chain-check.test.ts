import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { ChainCheck, type CheckedLink, type Fault } from "./chain-check.ts";
import { type Checkpoint, checkpointSigner, publicJwk, readCheckpoint } from "./checkpoint.ts";
import { checkInclusion } from "./inclusion.ts";
import { inclusionPath, merkleRoot } from "./merkle-tree.ts";
import { BEGINNING, contentHash, recordHash } from "./record-hash.ts";

const TENANT = "acme";

function chainOf(contents: readonly string[]): CheckedLink[] {
  let previousHash = BEGINNING;
  return contents.map((content, index) => {
    const link = {
      number: index + 1,
      sealedAt: new Date(1_000 * index),
      previousHash,
      contentHash: contentHash(content),
    };
    previousHash = recordHash(TENANT, link);
    return { ...link, content, hash: previousHash };
  });
}

const signed = (links: readonly CheckedLink[], first: number, number: number): Checkpoint => ({
  tenant: TENANT,
  first,
  number,
  hash: links[number - 1]?.hash ?? "",
  root: merkleRoot(links.slice(first - 1, number).map(({ hash }) => hash)),
  time: "2026-01-01T00:00:00.000Z",
});

function checked(links: readonly CheckedLink[], checkpoints: readonly Checkpoint[]): Fault | undefined {
  const check = new ChainCheck(TENANT);
  for (const link of links) {
    const fault = check.link(link);
    if (fault !== undefined) return fault;
    for (const checkpoint of checkpoints.filter(({ number }) => number === link.number)) {
      const wrong = check.checkpoint(checkpoint);
      if (wrong !== undefined) return wrong;
    }
  }
  const last = checkpoints.at(-1);
  return last !== undefined && last.number > check.number ? check.checkpoint(last) : undefined;
}

describe("a chain of records", () => {
  const links = chainOf(["a", "b", "c", "d", "e"]);
  const checkpoints = [signed(links, 1, 2), signed(links, 3, 5)];
  const found = (changed: readonly CheckedLink[]) => {
    const fault = checked(changed, checkpoints);
    return fault && [fault.number, fault.kind];
  };

  it("is whole as it was made", () => {
    assert.equal(checked(links, checkpoints), undefined);
  });

  it("shows a changed content, hash, time, or link to the record before", () => {
    const third = (change: Partial<CheckedLink>) =>
      links.map((link) => (link.number === 3 ? { ...link, ...change } : link));
    assert.deepEqual(found(third({ content: "x" })), [3, "content"]);
    assert.deepEqual(found(third({ content: "x", contentHash: contentHash("x") })), [3, "hash"]);
    assert.deepEqual(found(third({ sealedAt: new Date(9) })), [3, "hash"]);
    assert.deepEqual(found(third({ hash: BEGINNING })), [3, "hash"]);
    assert.deepEqual(found(third({ previousHash: BEGINNING })), [3, "chain"]);
  });

  it("shows a record that is gone, was put in, or changed places", () => {
    const [a, b, c, d, e] = links as [CheckedLink, CheckedLink, CheckedLink, CheckedLink, CheckedLink];
    assert.deepEqual(found([a, b, d, e]), [3, "missing"]);
    assert.deepEqual(found([a, b, b, c, d, e]), [2, "unexpected"]);
    assert.deepEqual(found([a, b, { ...d, number: 3 }, { ...c, number: 4 }, e]), [3, "chain"]);
    assert.deepEqual(found([a, b, c]), [4, "truncated"]);
  });

  it("shows through the checkpoint that it was made anew", () => {
    assert.deepEqual(found(chainOf(["a", "b", "c", "x", "e"])), [3, "checkpoint"]);
  });

  it("goes on after a checkpoint when what was before is gone", () => {
    const check = new ChainCheck(TENANT, checkpoints[0]);
    for (const link of links.slice(2)) assert.equal(check.link(link), undefined);
    assert.equal(check.checkpoint(checkpoints[1]), undefined);
    assert.deepEqual([check.beginsAfter, check.number, check.signedThrough], [2, 5, 5]);
  });

  it("proves one record without the others", () => {
    const [, , , fourth] = links as [CheckedLink, CheckedLink, CheckedLink, CheckedLink];
    const path = inclusionPath(
      links.slice(2).map(({ hash }) => hash),
      1,
    );
    assert.equal(checkInclusion(fourth, checkpoints[1], path), undefined);
    assert.equal(checkInclusion({ ...fourth, content: "x" }, checkpoints[1], path)?.kind, "content");
    assert.equal(checkInclusion(fourth, checkpoints[0], path)?.kind, "checkpoint");
    assert.equal(checkInclusion(fourth, undefined, path)?.kind, "signature");
  });

  it("gives each tenant hashes of its own", () => {
    const [first] = links as [CheckedLink];
    assert.notEqual(recordHash("globex", first), first.hash);
  });
});

describe("a checkpoint", () => {
  let key: JWK;
  let jws: string;
  const checkpoint = signed(chainOf(["a"]), 1, 1);
  before(async () => {
    const { privateKey } = await generateKeyPair("Ed25519", { extractable: true });
    key = { ...(await exportJWK(privateKey)), kid: "1" };
    jws = await (await checkpointSigner(key))(checkpoint);
  });

  it("is read with the public key", async () => {
    assert.deepEqual(await readCheckpoint(jws, { keys: [publicJwk(key)] }), checkpoint);
    assert.equal(publicJwk(key).d, undefined);
  });

  it("is nothing when changed, or signed by another key", async () => {
    const [head, body, signature] = jws.split(".") as [string, string, string];
    const other = Buffer.from(JSON.stringify({ ...checkpoint, number: 2 })).toString("base64url");
    assert.equal(await readCheckpoint([head, other, signature].join("."), { keys: [publicJwk(key)] }), undefined);
    const { publicKey } = await generateKeyPair("Ed25519", { extractable: true });
    const foreign = { ...(await exportJWK(publicKey)), kid: "1" };
    assert.equal(await readCheckpoint(`${head}.${body}.${signature}`, { keys: [foreign] }), undefined);
  });
});
