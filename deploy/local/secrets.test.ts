import assert from "node:assert/strict";
import { createPrivateKey, createPublicKey, sign, verify, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { openSecrets, publicCommandKeys, type SecretsFolder } from "./secrets.ts";

const now = new Date("2026-11-23T12:00:00Z");
const folder = mkdtempSync(join(tmpdir(), "muster-secrets-"));
let opened: SecretsFolder;
before(async () => {
  opened = await openSecrets(folder, now);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const certificate = (file: string): X509Certificate => new X509Certificate(readFileSync(file));

describe("the secrets of a data folder", () => {
  it("are the same at the second start", async () => {
    const { secrets, files } = await openSecrets(folder, now);
    assert.deepEqual(secrets, opened.secrets);
    assert.deepEqual(files, opened.files);
  });

  it("are completed, and otherwise left as they are, where an earlier release knew fewer", async () => {
    const file = join(folder, "secrets.json");
    const { auditSigningKey: _lacking, ...earlier } = opened.secrets;
    writeFileSync(file, JSON.stringify(earlier), { mode: 0o600 });
    const { auditSigningKey, ...rest } = (await openSecrets(folder, now)).secrets;
    assert.equal(auditSigningKey.crv, "Ed25519");
    assert.deepEqual(rest, earlier);
    writeFileSync(file, JSON.stringify(opened.secrets), { mode: 0o600 });
  });

  it("are readable by nobody else", () => {
    for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
  });

  it("hold a node key whose halves belong together", () => {
    const { nodeKeyPrivate, nodeKeyPublic } = opened.secrets;
    const privateKey = createPrivateKey({ key: Buffer.from(nodeKeyPrivate, "base64"), format: "der", type: "pkcs8" });
    const publicKey = createPublicKey({ key: Buffer.from(nodeKeyPublic, "base64"), format: "der", type: "spki" });
    assert.ok(verify(null, Buffer.from("x"), publicKey, sign(null, Buffer.from("x"), privateKey)));
  });

  it("give agents the public part of the command key alone", () => {
    const [key] = publicCommandKeys(opened.secrets.commandSigningKey).keys;
    assert.equal(key?.crv, "Ed25519");
    assert.equal(key?.d, undefined);
  });

  it("give the ingress a certificate for this machine under the server authority", () => {
    const server = certificate(opened.files.serverCert);
    assert.ok(server.verify(certificate(opened.files.serverCaCert).publicKey));
    for (const name of ["localhost", hostname()]) assert.notEqual(server.checkHost(name), undefined);
    assert.notEqual(server.checkIP("127.0.0.1"), undefined);
  });

  it("hold a device authority for ten years", () => {
    const authority = certificate(opened.files.deviceCaCert);
    assert.ok(authority.ca);
    assert.equal(new Date(authority.validTo).getUTCFullYear(), 2036);
  });
});
