import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { encode } from "cborg";
import { testAuthority, testLeaf } from "./test-authority.ts";

const newEcKey = () => generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;

/** An attestation object of Apple's format about a key, and the root behind it. It says nothing about a device. */
export function testAttestation() {
  const [root, key] = [testAuthority([["CN", "Test Attestation Root CA"]], newEcKey()), newEcKey()];
  const leaf = testLeaf(root, key, createPublicKey(key));
  return { root, leaf, object: attestationObject([leaf.certificate]) };
}

export const attestationObject = (x5c: unknown, fmt: unknown = "apple"): Buffer =>
  Buffer.from(encode({ fmt, attStmt: { x5c } }));
