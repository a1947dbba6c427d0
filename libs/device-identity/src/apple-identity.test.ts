import assert from "node:assert/strict";
import { createPublicKey, X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { signData } from "@muster/apple-protocol/cms/sign-data";
import { newRsaKey, type TestIdentity, testAuthority } from "@muster/apple-protocol/testing/test-authority";
import { issueCertificate } from "@muster/apple-protocol/x509/issue-certificate";
import { AppleVerifier, appleUri, type Disbelief } from "./apple-identity.ts";

const now = new Date("2026-03-01T12:00:00Z");
const notAfter = new Date("2026-06-01T12:00:00Z");
const body = Buffer.from("<plist><dict><key>Status</key><string>Idle</string></dict></plist>");
const authority = testAuthority();
const enrollment = { tenant: "acme", enrollmentId: "01932c07-209e-7a3c-8c8e-3f6d5c1f0a11" };
const another = { tenant: "acme", enrollmentId: "01932c07-209e-7a3c-8c8e-3f6d5c1f0a12" };
const SERIAL = Buffer.from("4a01", "hex");

function certificate(key = newRsaKey(), { issuer = authority, of = enrollment, serial = SERIAL } = {}): TestIdentity {
  const parts = {
    publicKey: createPublicKey(key),
    subject: [["CN", "device"]],
    keyUsage: ["digitalSignature"],
    uris: [appleUri(of)],
    serial,
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter,
  } as const;
  return { key, certificate: issueCertificate(issuer, parts) };
}

const header = (signer: TestIdentity, content = body): string =>
  signData({ content, ...signer, signingTime: now, detached: true }).toString("base64");

describe("an Apple device's signature", () => {
  const device = certificate();
  const signature = header(device);
  // Each finds the certificate remembered from the sight before.
  const remembering = (): AppleVerifier => {
    const verifier = new AppleVerifier(authority.certificate);
    assert.deepEqual(verifier.bySignature(signature, body, now), {
      ...enrollment,
      certificateSerial: "4a01",
      notAfter,
    });
    return verifier;
  };
  const refused = (of: string, content: Buffer, why: Disbelief, at = now) =>
    assert.equal(remembering().bySignature(of, content, at), why);

  it("is believed again, for another message too", () => {
    const verifier = remembering();
    const more = Buffer.from("<plist><dict/></plist>");
    for (const content of [body, more]) {
      const identity = verifier.bySignature(header(device, content), content, now);
      assert.ok(typeof identity === "object" && identity.enrollmentId === enrollment.enrollmentId);
    }
  });

  it("is checked each time: a remembered certificate lends nothing to another body or another key", () => {
    refused(signature, Buffer.from("another body"), "bad_signature");
    refused(header({ certificate: device.certificate, key: newRsaKey() }), body, "bad_signature");
  });

  it("is not believed once the remembered certificate is over", () => {
    refused(signature, body, "expired", notAfter);
    refused(signature, body, "expired", new Date(notAfter.getTime() + 1));
  });

  it("by a certificate with the name and number of a remembered one is that certificate's own", () => {
    const forged = certificate(device.key, { issuer: testAuthority() });
    refused(header(forged), body, "unknown_issuer");
    const twin = remembering().bySignature(header(certificate(device.key, { of: another })), body, now);
    assert.ok(typeof twin === "object" && twin.enrollmentId === another.enrollmentId);
  });

  it("by a remembered certificate with a byte changed is not believed", () => {
    const verifier = remembering();
    const message = Buffer.from(signature, "base64");
    const start = message.indexOf(device.certificate);
    assert.ok(start > 0);
    for (let at = start; at < start + device.certificate.length; at++) {
      const changed = Buffer.from(message);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      const outcome = verifier.bySignature(changed.toString("base64"), body, now);
      assert.ok(["bad_signature", "unknown_issuer"].includes(outcome as Disbelief), `byte ${at - start} is believed`);
    }
  });

  it("of a stranger stays one, however often it comes", () => {
    const verifier = remembering();
    const stranger = header(certificate(undefined, { issuer: testAuthority() }));
    for (let time = 0; time < 3; time++) assert.equal(verifier.bySignature(stranger, body, now), "unknown_issuer");
  });

  it("is not needed where the ingress saw the device hold the key, and the end of the certificate counts there too", () => {
    const verifier = remembering();
    const shown = new X509Certificate(device.certificate);
    const identity = verifier.byCertificate(shown, now);
    assert.ok(typeof identity === "object" && identity.enrollmentId === enrollment.enrollmentId);
    assert.equal(verifier.byCertificate(shown, notAfter), "expired");
    assert.equal(verifier.believe(undefined, undefined, body, now), "no_proof");
    // Who signs is judged by the signature alone.
    assert.equal(verifier.believe(header(device, Buffer.from("x")), shown, body, now), "bad_signature");
  });
});
