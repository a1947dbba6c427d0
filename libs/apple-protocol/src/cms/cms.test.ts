import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { before, describe, it } from "node:test";
import { openssl, pem } from "../testing/openssl.ts";
import { newRsaKey, type TestIdentity, testAuthority, testLeaf } from "../testing/test-authority.ts";
import { CmsError } from "./cms-error.ts";
import { openEnvelope } from "./open-envelope.ts";
import { sealEnvelope } from "./seal-envelope.ts";
import { degenerate, signData } from "./sign-data.ts";
import { readSignedData, verifySignedData } from "./verify-signed-data.ts";

const body = Buffer.from("<plist>what a device says</plist>");
const now = new Date();
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof CmsError, String(error));
    return error.code;
  }
  return "accepted";
};

/** One wrong key in 256 leaves what looks like padding, and then something that was never sealed. */
const staysShut = (open: () => Buffer): boolean => {
  try {
    return !open().equals(body);
  } catch (error) {
    return error instanceof CmsError && error.code === "cannot_open";
  }
};

describe("signed data", () => {
  const authority = testAuthority();
  const rsaKey = newRsaKey();
  const ecKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  let identities: Readonly<Record<"rsa" | "ec", TestIdentity>>;
  const files = (identity: TestIdentity, more: Readonly<Record<string, Uint8Array | string>> = {}) => ({
    ca: pem("CERTIFICATE", authority.certificate),
    cert: pem("CERTIFICATE", identity.certificate),
    key: identity.key.export({ format: "pem", type: "pkcs8" }) as string,
    body,
    ...more,
  });

  before(() => {
    identities = {
      rsa: testLeaf(authority, rsaKey, createPublicKey(rsaKey)),
      ec: testLeaf(authority, ecKey, createPublicKey(ecKey)),
    };
  });

  for (const kind of ["rsa", "ec"] as const) {
    it(`that we sign with ${kind} is verified by openssl, attached and detached`, async () => {
      const signer = identities[kind];
      const attached = signData({ content: body, ...signer, signingTime: now, chain: [authority.certificate] });
      const verify = ["cms", "-verify", "-binary", "-inform", "DER", "-in", "signed", "-CAfile", "ca", "-out", "out"];
      const purpose = ["-purpose", "any"];
      const { out } = await openssl([...verify, ...purpose], files(signer, { signed: attached }));
      assert.deepEqual(out, body);
      const detached = signData({ content: body, ...signer, signingTime: now, detached: true });
      await openssl([...verify, ...purpose, "-content", "body"], files(signer, { signed: detached }));
      assert.deepEqual(verifySignedData(attached).content, body);
      assert.equal(
        codeOf(() => verifySignedData(detached)),
        "malformed",
      );
      assert.deepEqual(verifySignedData(detached, { content: body }).signerDer, signer.certificate);
    });

    it(`that openssl signs with ${kind} is verified by us, in DER and BER, with every digest and way to name the signer`, async () => {
      const sign = [
        "cms",
        "-sign",
        "-binary",
        "-signer",
        "cert",
        "-inkey",
        "key",
        "-in",
        "body",
        "-outform",
        "DER",
        "-out",
        "out",
      ];
      const ways = [
        [],
        ["-nodetach"],
        ["-nodetach", "-stream"],
        ["-nodetach", "-keyid"],
        ["-nodetach", "-noattr"],
        ["-nodetach", "-md", "sha1"],
        ["-nodetach", "-md", "sha512"],
      ];
      for (const way of ways) {
        const { out } = await openssl([...sign, ...way], files(identities[kind]));
        const verified = verifySignedData(out, way.length === 0 ? { content: body } : {});
        assert.deepEqual(verified.content, body, way.join(" "));
        assert.deepEqual(verified.signerDer, identities[kind].certificate);
        assert.equal(
          codeOf(() => verifySignedData(out, { content: Buffer.from("another body") })),
          "bad_signature",
        );
      }
    });
  }

  it("is refused when any byte of it was changed or is missing, or it stays what it was", () => {
    const signed = signData({ content: body, ...identities.rsa, signingTime: now });
    for (let at = 0; at < signed.length; at++) {
      assert.notEqual(
        codeOf(() => verifySignedData(signed.subarray(0, at))),
        "accepted",
      );
      const changed = Buffer.from(signed);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      try {
        assert.deepEqual(verifySignedData(changed).content, body, `byte ${at}`);
      } catch (error) {
        assert.ok(error instanceof CmsError, String(error));
      }
    }
  });

  it("is refused when its signer is not in it, or the certificate is another's of the same name", () => {
    const stranger = testLeaf(testAuthority(), newRsaKey(), createPublicKey(rsaKey));
    const forged = signData({
      content: body,
      certificate: identities.rsa.certificate,
      key: newRsaKey(),
      signingTime: now,
    });
    assert.equal(
      codeOf(() => verifySignedData(forged)),
      "bad_signature",
    );
    const mixed = signData({ content: body, certificate: stranger.certificate, key: ecKey, signingTime: now });
    assert.equal(
      codeOf(() => verifySignedData(mixed)),
      "bad_signature",
    );
    assert.equal(
      codeOf(() => verifySignedData(degenerate([authority.certificate]))),
      "no_signer",
    );
  });

  it("that only carries certificates is read by openssl and by us", async () => {
    const carried = degenerate([authority.certificate, identities.rsa.certificate]);
    const { text } = await openssl(["pkcs7", "-inform", "DER", "-in", "signed", "-print_certs"], { signed: carried });
    assert.match(text, /Test CA/);
    assert.equal(readSignedData(carried).certificates.length, 2);
  });
});

describe("enveloped data", () => {
  const authority = testAuthority();
  const recipient = { certificate: authority.certificate, key: authority.key };
  const cert = pem("CERTIFICATE", authority.certificate);
  const key = authority.key.export({ format: "pem", type: "pkcs8" }) as string;

  it("that we seal opens with openssl and with us", async () => {
    for (const cipher of ["aes128", "aes192", "aes256", "3des"] as const) {
      const sealed = sealEnvelope(body, { recipient: authority.certificate, cipher });
      const decrypt = [
        "cms",
        "-decrypt",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "sealed",
        "-recip",
        "cert",
        "-inkey",
        "key",
        "-out",
        "out",
      ];
      assert.deepEqual((await openssl(decrypt, { sealed, cert, key })).out, body);
      assert.deepEqual(openEnvelope(sealed, recipient), { content: body, cipher });
    }
  });

  it("that openssl seals opens with us, in BER too", async () => {
    for (const way of [["-aes256"], ["-aes128", "-stream"], ["-des3"], ["-aes128", "-keyid"], ["-aes192"]]) {
      const encrypt = ["cms", "-encrypt", "-binary", "-in", "body", "-outform", "DER", "-out", "out", ...way, "cert"];
      const { out } = await openssl(encrypt, { body, cert });
      assert.deepEqual(openEnvelope(out, recipient).content, body, way.join(" "));
    }
  });

  it("whose key openssl sends under OAEP opens with us", async () => {
    for (const hash of ["sha1", "sha256", "sha512"]) {
      const way = ["-recip", "cert", "-keyopt", "rsa_padding_mode:oaep", "-keyopt", `rsa_oaep_md:${hash}`];
      const encrypt = [
        "cms",
        "-encrypt",
        "-binary",
        "-aes256",
        "-in",
        "body",
        "-outform",
        "DER",
        "-out",
        "out",
        ...way,
      ];
      const { out } = await openssl(encrypt, { body, cert });
      assert.deepEqual(openEnvelope(out, recipient), { content: body, cipher: "aes256" }, hash);
      assert.ok(staysShut(() => openEnvelope(out, { ...recipient, key: newRsaKey() }).content));
    }
  });

  it("for several recipients opens for each of them", async () => {
    const other = testAuthority([["CN", "Another"]]);
    const encrypt = ["cms", "-encrypt", "-binary", "-aes128", "-in", "body", "-outform", "DER", "-out", "out"];
    const files = { body, cert, other: pem("CERTIFICATE", other.certificate) };
    const { out } = await openssl([...encrypt, "cert", "other"], files);
    for (const each of [recipient, other]) assert.deepEqual(openEnvelope(out, each).content, body);
  });

  it("takes single DES only where that was asked for", () => {
    const sealed = sealEnvelope(body, { recipient: authority.certificate, cipher: "des" });
    assert.equal(
      codeOf(() => openEnvelope(sealed, recipient)),
      "unsupported",
    );
    assert.deepEqual(openEnvelope(sealed, { ...recipient, allowDes: true }).content, body);
  });

  it("fails in one way, whether the key or the content is wrong", () => {
    const sealed = sealEnvelope(body, { recipient: authority.certificate, cipher: "aes128" });
    assert.ok(staysShut(() => openEnvelope(sealed, { ...recipient, key: newRsaKey() }).content));
    assert.equal(
      codeOf(() => openEnvelope(sealed, { ...recipient, certificate: testAuthority().certificate })),
      "cannot_open",
    );
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      codeOf(() => openEnvelope(changed, recipient));
      codeOf(() => openEnvelope(sealed.subarray(0, at), recipient));
    }
  });
});

describe("a certificate", () => {
  it("is one that openssl verifies, and says what it was told to say", async () => {
    const authority = testAuthority();
    const key = newRsaKey();
    const { certificate } = testLeaf(authority, key, createPublicKey(key));
    const { text } = await openssl(["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", "ca", "leaf"], {
      ca: pem("CERTIFICATE", authority.certificate),
      leaf: pem("CERTIFICATE", certificate),
    });
    assert.match(text, /OK/);
    const read = new X509Certificate(certificate);
    assert.equal(read.subjectAltName, "URI:urn:muster:apple:acme:device");
    assert.ok(read.checkIssued(new X509Certificate(authority.certificate)));
    assert.deepEqual(read.keyUsage, ["1.3.6.1.5.5.7.3.2"]);
  });
});
