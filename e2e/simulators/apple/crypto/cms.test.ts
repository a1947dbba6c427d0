import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isSignedByOneOf, issueCertificate } from "./certificate.ts";
import { envelopedDataFor, openEnvelopedData } from "./enveloped-data.ts";
import { makeRsaKey } from "./key-pair.ts";
import { mdmSigner } from "./mdm-signer.ts";
import { openSignedData, signedDataOf } from "./signed-data.ts";

const at = new Date("2026-05-06T07:08:09Z");
const [notBefore, notAfter] = [new Date("2026-01-01T00:00:00Z"), new Date("2027-01-01T00:00:00Z")];

const identityOf = async (name: string) => {
  const key = await makeRsaKey(2048);
  const certificate = await issueCertificate(
    { subject: [{ CN: [name] }], publicKey: key.publicKey, notBefore, notAfter },
    key.privateKey,
  );
  return { key, certificate };
};
const device = await identityOf("a device");

describe("a signed message", () => {
  const content = Buffer.from("what was said");
  const printable = Buffer.from([0x13, 1, 0x33]);

  it("gives its content and its signer, whichever digest it uses", () => {
    for (const digest of ["sha1", "sha256", "sha512"] as const) {
      const { message } = signedDataOf({ content, by: device, at, digest, attributes: [["1.2.3", printable]] });
      const opened = openSignedData(message);
      assert.deepEqual([opened.content, opened.signer], [content, device.certificate]);
      assert.deepEqual(opened.attributes.get("1.2.3"), printable);
    }
  });

  it("is refused when content or signature are not what was signed", () => {
    const { message, signature } = signedDataOf({ content, by: device, at });
    const otherContent = Buffer.from(message);
    otherContent.write("x", message.indexOf(content));
    assert.throws(() => openSignedData(otherContent), /not what was signed/);
    const otherSignature = Buffer.from(message);
    otherSignature.write("x", message.lastIndexOf(signature));
    assert.throws(() => openSignedData(otherSignature), /signature is wrong/);
  });

  it("for Mdm-Signature is the same from the template as made anew, at any time and for any body", () => {
    let now = at;
    const sign = mdmSigner(device, () => now);
    for (const [body, when] of [
      ["one", at],
      ["two", at],
      ["", new Date("2026-12-31T23:59:59.999Z")],
    ] as const) {
      now = when;
      const bytes = Buffer.from(body);
      const message = Buffer.from(sign(bytes), "base64");
      assert.deepEqual(message, signedDataOf({ content: bytes, by: device, at: when, detached: true }).message);
      assert.deepEqual(openSignedData(message, bytes).signer, device.certificate);
      assert.throws(() => openSignedData(message, Buffer.from("other")), /not what was signed/);
    }
  });
});

describe("an enveloped message", () => {
  it("is opened by whom it is for and by no other, in every cipher", async () => {
    const other = await makeRsaKey(2048);
    for (const cipher of ["aes-128-cbc", "aes-256-cbc", "des-ede3-cbc"] as const) {
      const message = envelopedDataFor(device.certificate, Buffer.from("a secret"), cipher);
      assert.equal(openEnvelopedData(message, device.key.privateKey).toString(), "a secret");
      let opened: string | undefined;
      try {
        opened = openEnvelopedData(message, other.privateKey).toString();
      } catch {
        // A wrong key gives a random content key, which nearly always ends in a padding error.
      }
      assert.notEqual(opened, "a secret");
    }
  });
});

describe("a certificate", () => {
  it("is known by who signed it", async () => {
    const [authority, stranger] = [await identityOf("an authority"), await identityOf("a stranger")];
    const key = await makeRsaKey(2048);
    const request = {
      subject: [{ CN: ["leaf"] }],
      publicKey: key.publicKey,
      notBefore,
      notAfter,
      clientAuth: true,
      uri: "urn:x:y",
    };
    const leaf = await issueCertificate(request, authority);
    assert.equal(isSignedByOneOf(leaf, [stranger.certificate, authority.certificate]), true);
    assert.equal(isSignedByOneOf(leaf, [stranger.certificate]), false);
  });
});
