import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import { AccountTokenSigner, AccountTokenVerifier } from "./account-token.ts";
import { NodeKeySigner, NodeKeyVerifier } from "./node-key.ts";

const NOW = new Date("2026-11-01T08:00:00Z");

describe("the token of a person who signed in on a device", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = privateKey.export({ format: "der", type: "pkcs8" });
  const [signer, verifier] = [
    new AccountTokenSigner(key),
    new AccountTokenVerifier(publicKey.export({ format: "der", type: "spki" })),
  ];
  const grant = {
    tenant: "acme",
    enrollmentId: "0199a000-0000-7000-8000-000000000001",
    ownership: "personal",
    account: "ada@example.org",
    expiresAt: new Date(NOW.getTime() + 1_000),
  } as const;

  it("says who is signed in on which enrollment, until it ends", () => {
    const header = `Bearer ${signer.issue(grant)}`;
    assert.deepEqual(verifier.inHeader(header, NOW), grant);
    assert.equal(verifier.inHeader(header, grant.expiresAt), undefined);
  });

  it("is believed only as it was signed", () => {
    const token = signer.issue(grant);
    const other = Buffer.from(token, "base64url");
    other[20] = (other[20] ?? 0) ^ 1;
    for (const header of [undefined, "", token, `Basic ${token}`, "Bearer x", `Bearer ${other.toString("base64url")}`])
      assert.equal(verifier.inHeader(header, NOW), undefined, header);
  });

  it("is no node key, nor is a node key one", () => {
    const node = new NodeKeySigner(key);
    const nodeKey = node.issue({ tenant: "acme", deviceId: grant.enrollmentId, method: "osquery", generation: 1 });
    assert.equal(verifier.inHeader(`Bearer ${nodeKey}`, NOW), undefined);
    const nodes = new NodeKeyVerifier(publicKey.export({ format: "der", type: "spki" }));
    assert.equal(nodes.verify(signer.issue({ ...grant, account: "a@b" }).slice(0, 300)), undefined);
  });
});
