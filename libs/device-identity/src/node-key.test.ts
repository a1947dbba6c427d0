import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, it } from "node:test";
import type { DeviceIdentity } from "./identity.ts";
import { NodeKeySigner, NodeKeyVerifier } from "./node-key.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { format: "der", type: "pkcs8" },
  publicKeyEncoding: { format: "der", type: "spki" },
});
const device: DeviceIdentity = {
  tenant: "acme",
  deviceId: "01932c07-209e-7a3c-8c8e-3f6d5c1f0a11",
  method: "orbit",
  generation: 3,
};

describe("a node key", () => {
  const key = new NodeKeySigner(privateKey).issue(device);
  const verifier = new NodeKeyVerifier(publicKey);

  it("says who the device is, the first time and from memory", () => {
    assert.deepEqual(verifier.verify(key), device);
    assert.deepEqual(verifier.verify(key), device);
  });

  it("is refused when a single bit of it is changed", () => {
    const bytes = Buffer.from(key, "base64url");
    for (let index = 0; index < bytes.length; index++) {
      const forged = Buffer.from(bytes);
      forged[index] = (forged[index] ?? 0) ^ 1;
      assert.equal(verifier.verify(forged.toString("base64url")), undefined, `byte ${index}`);
    }
  });

  it("is refused when it is anything else", () => {
    for (const nonsense of ["", "x", 7, null, undefined, {}, "A".repeat(10_000)]) {
      assert.equal(verifier.verify(nonsense), undefined);
    }
  });
});
