import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, it } from "node:test";
import { CmsError } from "../cms/cms-error.ts";
import { readDer } from "../der/read-der.ts";
import { openssl, pem } from "../testing/openssl.ts";
import { newRsaKey, testAuthority, testLeaf } from "../testing/test-authority.ts";
import { readName } from "./names.ts";
import { readCertificate } from "./read-certificate.ts";
import { readCertificateRequest } from "./read-request.ts";
import { writeCertificateRequest } from "./write-request.ts";

const pkcs8 = (key: ReturnType<typeof newRsaKey>) => key.export({ format: "pem", type: "pkcs8" }) as string;
const newEcKey = (namedCurve = "P-256") => generateKeyPairSync("ec", { namedCurve }).privateKey;

describe("a certificate", () => {
  it("of a CA with a key of EC is one that openssl verifies", async () => {
    for (const curve of ["P-256", "P-384"]) {
      const authority = testAuthority([["CN", "Test EC CA"]], newEcKey(curve));
      const key = newRsaKey();
      const leaf = testLeaf(authority, key, createPublicKey(key)).certificate;
      const files = { ca: pem("CERTIFICATE", authority.certificate), leaf: pem("CERTIFICATE", leaf) };
      const verify = ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", "ca", "leaf"];
      assert.match((await openssl(verify, files)).text, /OK/);
    }
  });

  it("names its issuer's key as the issuer's own certificate does, however that was made", async () => {
    const key = newEcKey();
    const config = [
      "[req]\ndistinguished_name=dn\nx509_extensions=own\nprompt=no",
      "[dn]\nCN=Own CA",
      "[own]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=01:02:03:04\n",
    ].join("\n");
    const made = ["req", "-new", "-x509", "-key", "key", "-config", "config", "-outform", "DER", "-out", "out"];
    const { out: certificate } = await openssl(made, { key: pkcs8(key), config });
    const deviceKey = newRsaKey();
    const leaf = testLeaf({ certificate, key }, deviceKey, createPublicKey(deviceKey)).certificate;
    const files = { ca: pem("CERTIFICATE", certificate), leaf: pem("CERTIFICATE", leaf) };
    assert.match((await openssl(["verify", "-CAfile", "ca", "leaf"], files)).text, /OK/);
    assert.ok(new X509Certificate(leaf).checkIssued(new X509Certificate(certificate)));
    assert.deepEqual(readCertificate(certificate).subjectKeyId, Buffer.of(1, 2, 3, 4));
  });

  it("for pushes carries its topic as the subject's UID", () => {
    const topic = "com.apple.mgmt.External.0a1b";
    const { certificate } = testAuthority([
      ["UID", topic],
      ["CN", `APSP:${topic}`],
      ["C", "US"],
    ]);
    assert.equal(readName(readDer(readCertificate(certificate).subject)).get("UID"), topic);
    assert.match(new X509Certificate(certificate).subject, new RegExp(`UID=${topic}`));
  });
});

describe("a certificate request", () => {
  it("that we write is one that openssl verifies", async () => {
    const request = writeCertificateRequest(newRsaKey(), [["CN", "Zürich"]], "open sesame");
    const { text } = await openssl(["req", "-inform", "DER", "-in", "csr", "-verify", "-noout", "-text"], {
      csr: request,
    });
    assert.match(text, /verify OK/);
    assert.match(text, /challengePassword\s*:\s*open sesame/);
  });

  it("that openssl writes is read, whatever its key and digest", async () => {
    const config = [
      "[req]\ndistinguished_name=dn\nattributes=at\nprompt=no\nstring_mask=utf8only",
      "[dn]\nCN=mac\nO=acme",
      "[at]\nchallengePassword=open sesame\n",
    ].join("\n");
    const ways = [
      { key: newRsaKey(), more: ["-sha256"] },
      { key: newRsaKey(), more: ["-sha512"] },
      { key: newRsaKey(), more: ["-sha384", "-sigopt", "rsa_padding_mode:pss"] },
      { key: newEcKey(), more: ["-sha256"] },
      { key: newEcKey("P-384"), more: ["-sha384"] },
    ];
    for (const { key, more } of ways) {
      const write = ["req", "-new", "-key", "key", "-config", "config", "-outform", "DER", "-out", "out", ...more];
      const request = readCertificateRequest((await openssl(write, { key: pkcs8(key), config })).out);
      assert.ok(request.publicKey.equals(createPublicKey(key)));
      assert.equal(request.challengePassword, "open sesame");
      assert.equal(request.subject.get("CN"), "mac");
    }
  });

  it("is refused when any byte of it was changed or is missing, or it still asks for the same", () => {
    const key = newRsaKey();
    const whole = writeCertificateRequest(key, [["CN", "mac"]], "open sesame");
    for (let at = 0; at < whole.length; at++) {
      assert.throws(() => readCertificateRequest(whole.subarray(0, at)), { name: "CmsError" });
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      try {
        const request = readCertificateRequest(changed);
        assert.ok(request.publicKey.equals(createPublicKey(key)), `byte ${at}`);
        assert.equal(request.challengePassword, "open sesame", `byte ${at}`);
      } catch (error) {
        assert.ok(error instanceof CmsError, String(error));
      }
    }
  });
});
