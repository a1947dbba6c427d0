import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { checkpointSigner, publicJwk, readCheckpoint } from "@muster/audit-chain/checkpoint";
import { inclusionPath, merkleRoot } from "@muster/audit-chain/merkle-tree";
import { BEGINNING, contentHash, recordHash } from "@muster/audit-chain/record-hash";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { ExportCheck, type ExportVerdict } from "./audit-export.ts";
import type { Json } from "./client.ts";

const TENANT = "acme";

const ownKey = async (): Promise<JWK> =>
  exportJWK((await generateKeyPair("Ed25519", { extractable: true })).privateKey);

function recordsOf(contents: readonly string[]): Json[] {
  let previousHash = BEGINNING;
  return contents.map((content, index) => {
    const link = { number: index + 1, sealedAt: new Date(index), previousHash, contentHash: contentHash(content) };
    previousHash = recordHash(TENANT, link);
    return { ...link, number: String(link.number), sealedAt: link.sealedAt.toISOString(), content, hash: previousHash };
  });
}

describe("an export", () => {
  const records = recordsOf(["a", "b", "c", "d"]);
  let key: JWK;
  let whole: Json[];

  const signed = async (signer: JWK, of: readonly Json[]) =>
    (await checkpointSigner(signer))({
      tenant: TENANT,
      first: 1,
      number: of.length,
      hash: of.at(-1).hash,
      root: merkleRoot(of.map(({ hash }) => hash)),
      time: new Date(0).toISOString(),
    });

  before(async () => {
    key = await ownKey();
    whole = [
      { begin: { tenantId: TENANT, complete: true, beginsAfter: "" } },
      ...records.slice(0, 3).map((record) => ({ record: { record, proof: null } })),
      { checkpoint: await signed(key, records.slice(0, 3)) },
      { record: { record: records[3], proof: null } },
      { end: { records: "4" } },
    ];
  });

  async function verdict(lines: readonly Json[], held: readonly string[] = []): Promise<ExportVerdict> {
    const keys = { keys: [publicJwk(key)] };
    const known = await Promise.all(held.map((jws) => readCheckpoint(jws, keys)));
    const check = new ExportCheck(
      keys,
      known.filter((each) => each !== undefined),
    );
    for (const line of lines) {
      const fault = await check.line(line);
      if (fault !== undefined) return check.verdict(fault);
    }
    return check.verdict(check.finish());
  }
  const faultOf = async (lines: readonly Json[], held: readonly string[] = []) => {
    const { fault } = await verdict(lines, held);
    return fault && [fault.number, fault.kind];
  };

  it("of a whole chain is right as it was made, and says what is not signed yet", async () => {
    const { fault, first, last, unsigned, complete } = await verdict(whole);
    assert.deepEqual([fault, first, last, unsigned, complete], [undefined, 1, 4, 1, true]);
  });

  it("with a changed, lost or added line is found", async () => {
    const changed = structuredClone(whole);
    changed[2].record.record.content = "x";
    assert.deepEqual(await faultOf(changed), [2, "content"]);
    assert.deepEqual(await faultOf(whole.toSpliced(2, 1)), [2, "missing"]);
    assert.deepEqual(await faultOf(whole.toSpliced(2, 0, whole[1])), [1, "unexpected"]);
    assert.deepEqual(await faultOf(whole.slice(0, -1)), [5, "truncated"]);
    assert.deepEqual(await faultOf([...whole.slice(0, -2), whole.at(-1)]), [4, "truncated"]);
  });

  it("whose checkpoint another key signed is found", async () => {
    const foreign = whole.with(4, { checkpoint: await signed(await ownKey(), records.slice(0, 3)) });
    assert.deepEqual(await faultOf(foreign), [3, "signature"]);
  });

  it("is held against checkpoints that were kept elsewhere, whoever made all of it anew", async () => {
    const anew = recordsOf(["a", "x", "c"]);
    const rewritten = [
      whole[0],
      ...anew.map((record) => ({ record: { record, proof: null } })),
      { checkpoint: await signed(key, anew) },
      { end: { records: "3" } },
    ];
    assert.equal(await faultOf(rewritten), undefined);
    const held = [await signed(key, records.slice(0, 3))];
    assert.deepEqual(await faultOf(rewritten, held), [3, "checkpoint"]);
    assert.deepEqual(await faultOf(rewritten, [await signed(key, records)]), [4, "truncated"]);
  });

  it("of selected records proves each by itself", async () => {
    const hashes = records.map(({ hash }) => hash);
    const proof = { checkpoint: await signed(key, records), path: inclusionPath(hashes, 2) };
    const selected = (record: Json) => [
      { begin: { tenantId: TENANT, complete: false, beginsAfter: "" } },
      { record: { record, proof } },
      { end: { records: "1" } },
    ];
    assert.equal(await faultOf(selected(records[2])), undefined);
    assert.deepEqual(await faultOf(selected({ ...records[2], content: "x" })), [3, "content"]);
    assert.deepEqual(await faultOf(selected(records[1])), [2, "checkpoint"]);
  });
});
