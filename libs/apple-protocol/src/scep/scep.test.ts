import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import type { CipherName } from "../cms/ciphers.ts";
import { openEnvelope } from "../cms/open-envelope.ts";
import { sealEnvelope } from "../cms/seal-envelope.ts";
import { signData } from "../cms/sign-data.ts";
import { readSignedData, verifySignedData } from "../cms/verify-signed-data.ts";
import { textOf } from "../der/read-der.ts";
import { octetString, printable } from "../der/write-der.ts";
import { newRsaKey, type TestIdentity, testAuthority, testLeaf } from "../testing/test-authority.ts";
import { selfSigned } from "../x509/issue-certificate.ts";
import { readCertificateRequest } from "../x509/read-request.ts";
import { writeCertificateRequest } from "../x509/write-request.ts";
import { ATTRIBUTE } from "./attributes.ts";
import { scepCapabilities } from "./capabilities.ts";
import { scepMessageInQuery } from "./query-message.ts";
import { openScepMessage, readScepMessage } from "./read-message.ts";
import { writeScepReply } from "./write-reply.ts";

const now = new Date();

describe("a SCEP exchange", () => {
  const authority = testAuthority();
  const key = newRsaKey();
  const temporary = selfSigned(key, {
    subject: [["CN", "temporary"]],
    keyUsage: ["digitalSignature", "keyEncipherment"],
    serial: Buffer.of(1),
    notBefore: new Date(now.getTime() - 60_000),
    notAfter: new Date(now.getTime() + 3_600_000),
  });
  const nonce = randomBytes(16);
  const request = (cipher: CipherName = "aes128", type = "19", from: TestIdentity = { certificate: temporary, key }) =>
    signData({
      content: sealEnvelope(writeCertificateRequest(key, [["CN", "mac"]], "open sesame"), {
        recipient: authority.certificate,
        cipher,
      }),
      ...from,
      signingTime: now,
      attributes: [
        [ATTRIBUTE.messageType, printable(type)],
        [ATTRIBUTE.transactionId, printable("transaction-1")],
        [ATTRIBUTE.senderNonce, octetString(nonce)],
      ],
    });
  const signer = { ...authority, senderNonce: randomBytes(16), now };

  it("hands over the key and the challenge, and gives a certificate back", () => {
    const message = readScepMessage(request());
    assert.equal(message.type, "PKCSReq");
    assert.deepEqual(message.signerDer, temporary);
    const { cipher, content } = openScepMessage(message, authority);
    const csr = readCertificateRequest(content);
    assert.equal(csr.challengePassword, "open sesame");
    assert.equal(csr.subject.get("CN"), "mac");
    assert.ok(csr.publicKey.equals(createPublicKey(key)));
    const { certificate } = testLeaf(authority, key, csr.publicKey);

    const reply = verifySignedData(writeScepReply(message, { kind: "issued", certificate, cipher }, signer));
    const text = (id: string) => textOf(reply.signedAttributes.get(id) ?? assert.fail(id));
    assert.equal(text(ATTRIBUTE.transactionId), "transaction-1");
    assert.equal(text(ATTRIBUTE.pkiStatus), "0");
    assert.deepEqual(reply.signedAttributes.get(ATTRIBUTE.recipientNonce)?.content, nonce);
    const opened = openEnvelope(reply.content, { key, certificate: temporary });
    assert.equal(opened.cipher, "aes128");
    const [issued] = readSignedData(opened.content).certificates;
    assert.ok(new X509Certificate(issued ?? "").checkPrivateKey(key));
  });

  it("says no within the protocol", () => {
    const message = readScepMessage(request("3des", "17"));
    assert.equal(message.type, "RenewalReq");
    const reply = verifySignedData(writeScepReply(message, { kind: "failed", failInfo: "badRequest" }, signer), {
      content: Buffer.alloc(0),
    });
    assert.equal(textOf(reply.signedAttributes.get(ATTRIBUTE.pkiStatus) ?? assert.fail()), "2");
    assert.equal(textOf(reply.signedAttributes.get(ATTRIBUTE.failInfo) ?? assert.fail()), "2");
  });

  it("does not take a message of no known type", () => {
    assert.throws(() => readScepMessage(request("aes128", "99")), { code: "unsupported" });
  });

  it("does not take a message from a key for which no reply can be sealed", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const curved = testLeaf(authority, privateKey, createPublicKey(privateKey));
    assert.throws(() => readScepMessage(request("aes128", "19", curved)), { code: "unsupported" });
  });

  it("says that it has to wait", () => {
    const reply = verifySignedData(writeScepReply(readScepMessage(request()), { kind: "pending" }, signer), {
      content: Buffer.alloc(0),
    });
    assert.equal(textOf(reply.signedAttributes.get(ATTRIBUTE.pkiStatus) ?? assert.fail()), "3");
    assert.equal(reply.signedAttributes.has(ATTRIBUTE.failInfo), false);
  });

  it("is the same by GET, in either alphabet of base64 and with plus signs that were lost", () => {
    const message = Buffer.from("fbfffe00fbefbe", "hex");
    for (const encoding of ["base64", "base64url"] as const)
      assert.deepEqual(scepMessageInQuery(message.toString(encoding)), message);
    assert.deepEqual(scepMessageInQuery(message.toString("base64").replaceAll("+", " ")), message);
  });

  it("names weak algorithms to old clients only", () => {
    assert.match(scepCapabilities(false), /^AES\nPOSTPKIOperation\nRenewal\nSHA-256\nSHA-384\nSHA-512\nSCEPStandard$/);
    assert.match(scepCapabilities(true), /DES3\nSHA-1$/);
  });
});
