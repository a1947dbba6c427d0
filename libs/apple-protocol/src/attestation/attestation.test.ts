import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { ATTESTATION_SAMPLE } from "../testing/attestation-sample.ts";
import { attestationObject, testAttestation } from "../testing/test-attestation.ts";
import { AttestationError } from "./attestation-error.ts";
import { readAttestation } from "./read-attestation.ts";
import { verifyAttestation } from "./verify-attestation.ts";

describe("an attestation", () => {
  const { leaf, object, root } = testAttestation();
  const now = new Date();
  const expected = { roots: [new X509Certificate(root.certificate)], freshness: Buffer.alloc(32), now };

  it("is read with the key and with what it leaves out", () => {
    const { facts, freshness, publicKey } = readAttestation(object);
    assert.deepEqual(facts, { serialNumber: "", udid: "", osVersion: "", sepOsVersion: "" });
    assert.equal(freshness, undefined);
    assert.ok(publicKey.equals(new X509Certificate(leaf.certificate).publicKey));
  });

  it("tells what another program wrote into it", () => {
    const { certificates, facts, freshness } = readAttestation(ATTESTATION_SAMPLE);
    assert.equal(certificates.length, 2);
    assert.deepEqual(facts, {
      serialNumber: "C02ATTESTED",
      udid: "00008110-0123456789ABCDEF",
      osVersion: "18.1",
      sepOsVersion: "18.1",
    });
    assert.deepEqual(freshness, createHash("sha256").update("the token").digest());
  });

  it("is no good without a chain of a few certificates in Apple's format", () => {
    const { certificate } = leaf;
    const wrong = [
      attestationObject([certificate], "packed"),
      attestationObject([]),
      attestationObject("chain"),
      attestationObject(Array.from({ length: 6 }, () => certificate)),
      attestationObject([Buffer.alloc(9000)]),
      attestationObject(["text"]),
      Buffer.concat([object, Buffer.of(0)]),
      Buffer.from("bfff", "hex"),
      Buffer.alloc(40_000),
    ];
    for (const bytes of wrong) assert.throws(() => readAttestation(bytes), AttestationError);
  });

  it("is believed under its root, for its question and in its time only", () => {
    const read = { ...readAttestation(object), freshness: Buffer.alloc(32) };
    verifyAttestation(read, expected);
    const later = new Date(now.getTime() + 3 * 86_400_000);
    const stranger = new X509Certificate(testAttestation().root.certificate);
    for (const changes of [{ now: later }, { roots: [stranger] }, { roots: [] }, { freshness: Buffer.alloc(32, 1) }])
      assert.throws(() => verifyAttestation(read, { ...expected, ...changes }), AttestationError);
    const authority = { ...read, certificates: expected.roots };
    assert.throws(() => verifyAttestation(authority, expected), AttestationError);
    assert.throws(() => verifyAttestation({ ...read, freshness: undefined }, expected), AttestationError);
  });
});
