import assert from "node:assert/strict";
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomInt, sign } from "node:crypto";
import { describe, it } from "node:test";
import { contextTag } from "../der/read-der.ts";
import { element, nothing, octetString, oid, sequence, set, smallInteger } from "../der/write-der.ts";
import { openssl, pem } from "../testing/openssl.ts";
import { newRsaKey, type TestIdentity, testAuthority, testLeaf } from "../testing/test-authority.ts";
import { CmsError } from "./cms-error.ts";
import { OID } from "./oids.ts";
import { issuerAndSerial, signData } from "./sign-data.ts";
import { verifySignedData } from "./verify-signed-data.ts";

const authority = testAuthority();
const leafOf = (key: KeyObject) => testLeaf(authority, key, createPublicKey(key));
const rsa = leafOf(newRsaKey());
const ec = leafOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
const body = Buffer.from("<plist>what a device says</plist>");

const attribute = (type: string, value: Buffer) => sequence(oid(type), set(value));
const contentType = attribute(OID.contentType, oid(OID.data));
const digest = (content: Buffer) =>
  attribute(OID.messageDigest, octetString(createHash("sha256").update(content).digest()));
const sha256 = sequence(oid(OID.sha256), nothing);

interface Parts {
  readonly signer: TestIdentity;
  readonly attributes?: readonly Buffer[];
  readonly algorithm?: string;
  readonly content?: Buffer;
  readonly certificates?: readonly Buffer[];
  readonly times?: number;
  readonly signature?: Buffer;
}

/** A message with exactly these parts, rightly signed over what its form says is signed. */
function message({ algorithm = OID.rsaEncryption, attributes, content = body, signer, times = 1, ...parts }: Parts) {
  const signed = attributes === undefined ? [] : [element(contextTag(0), ...attributes)];
  const text = attributes === undefined ? content : element(0x31, ...attributes);
  const signerInfo = sequence(
    smallInteger(1),
    issuerAndSerial(signer.certificate),
    sha256,
    ...signed,
    sequence(oid(algorithm)),
    octetString(parts.signature ?? sign("sha256", text, signer.key)),
  );
  return sequence(
    oid(OID.signedData),
    element(
      contextTag(0),
      sequence(
        smallInteger(1),
        set(sha256),
        sequence(oid(OID.data), element(contextTag(0), octetString(content))),
        element(contextTag(0), ...(parts.certificates ?? [signer.certificate])),
        element(0x31, ...Array.from({ length: times }, () => signerInfo)),
      ),
    ),
  );
}

const refused = (parts: Parts, code: string, content?: Buffer) =>
  assert.throws(() => verifySignedData(message(parts), content === undefined ? {} : { content }), {
    name: "CmsError",
    code,
  });

describe("a signed message", () => {
  it("is accepted in its plain forms, so that what follows is refused for what it is", () => {
    const attributes = [contentType, digest(body)];
    assert.deepEqual(verifySignedData(message({ signer: rsa, attributes })).content, body);
    assert.deepEqual(verifySignedData(message({ signer: rsa })).content, body);
    assert.deepEqual(verifySignedData(message({ signer: ec, algorithm: OID.ecdsaWithSha256 })).content, body);
  });

  it("is refused with two signers, or with none that stands in it", () => {
    refused({ signer: rsa, times: 2 }, "no_signer");
    refused({ signer: rsa, times: 0 }, "no_signer");
    refused({ signer: rsa, certificates: [ec.certificate, authority.certificate] }, "no_signer");
  });

  it("is refused when its attributes lack the digest or the type, say another type, or say a thing twice", () => {
    refused({ signer: rsa, attributes: [contentType] }, "malformed");
    refused({ signer: rsa, attributes: [digest(body)] }, "malformed");
    const enveloped = attribute(OID.contentType, oid(OID.envelopedData));
    refused({ signer: rsa, attributes: [enveloped, digest(body)] }, "malformed");
    refused({ signer: rsa, attributes: [contentType, digest(Buffer.from("x")), digest(body)] }, "malformed");
    refused({ signer: rsa, attributes: [] }, "malformed");
  });

  it("is refused for another body than the one that was signed, also when that one stands in it", () => {
    for (const attributes of [undefined, [contentType, digest(body)]]) {
      const parts = attributes === undefined ? { signer: rsa } : { signer: rsa, attributes };
      refused(parts, "bad_signature", Buffer.concat([body, Buffer.of(0x0a)]));
      refused(parts, "bad_signature", Buffer.alloc(0));
    }
  });

  it("is refused when it names an algorithm that its signer's key is not for, or that nobody knows", () => {
    refused({ signer: ec, algorithm: OID.rsaEncryption }, "bad_signature");
    refused({ signer: rsa, algorithm: OID.ecdsaWithSha256 }, "bad_signature");
    refused({ signer: rsa, algorithm: "1.2.3.4" }, "unsupported");
  });

  it("is refused before a key that is too large is set to work", () => {
    refused({ signer: rsa, signature: Buffer.alloc(1025) }, "unsupported");
    refused({ signer: rsa, signature: Buffer.alloc(1024) }, "bad_signature");
  });

  it("is refused when another message's signed attributes are passed off as its content", () => {
    const attributes = [contentType, digest(body)].toSorted((one, other) => Buffer.compare(one, other));
    const signer = { certificate: rsa.certificate, key: rsa.key };
    // The signature is the one over the attributes of an honest message: only the form around it is new.
    refused({ signer, content: element(0x31, ...attributes) }, "bad_signature");
  });

  it("that openssl signs with RSA-PSS is verified", async () => {
    const files = {
      cert: pem("CERTIFICATE", rsa.certificate),
      key: rsa.key.export({ format: "pem", type: "pkcs8" }) as string,
      body,
    };
    const signed = ["cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-signer", "cert", "-inkey", "key"];
    for (const salt of ["digest", "max", "0"]) {
      const pss = ["-keyopt", "rsa_padding_mode:pss", "-keyopt", `rsa_pss_saltlen:${salt}`];
      const { out } = await openssl([...signed, ...pss, "-in", "body", "-out", "out"], files);
      assert.deepEqual(verifySignedData(out).content, body);
      assert.throws(() => verifySignedData(out, { content: Buffer.from("x") }), { code: "bad_signature" });
    }
  });

  it("with any bits of it turned is refused, or still says what was signed", () => {
    for (const signer of [rsa, ec]) {
      const whole = signData({ content: body, ...signer, signingTime: new Date(), chain: [authority.certificate] });
      for (let at = 0; at < whole.length; at++) {
        for (const bits of [0x01, 0x80, 0xff, randomInt(1, 256)]) {
          const changed = Buffer.from(whole);
          changed[at] = (changed[at] ?? 0) ^ bits;
          try {
            const verified = verifySignedData(changed);
            assert.deepEqual(verified.content, body, `byte ${at} ^ ${bits}`);
            assert.ok(verified.signer.publicKey.equals(createPublicKey(signer.key)), `byte ${at} ^ ${bits}`);
          } catch (error) {
            assert.ok(error instanceof CmsError, String(error));
          }
        }
      }
    }
  });
});
