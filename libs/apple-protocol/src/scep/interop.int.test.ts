import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { scepServer } from "../testing/scep-server.ts";
import { newRsaKey, testAuthority, testRegistration } from "../testing/test-authority.ts";

const run = promisify(execFile);
const missing = (program: string, packages: string) =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)))
    ? false
    : `${program} is not installed: apt-get install ${packages}`;

const authority = testAuthority();
const challenge = "open sesame";

/** A folder with a key in it, which goes with the test. */
async function clientFolder() {
  const folder = await mkdtemp(join(tmpdir(), "muster-scep-"));
  const newKey = async (name: string) => {
    const key = newRsaKey();
    // scepclient reads no other kind of file than PKCS#1's.
    await writeFile(join(folder, name), key.export({ format: "pem", type: "pkcs1" }));
    return key;
  };
  return { folder, newKey, key: await newKey("key"), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

describe("scepclient of Debian", { skip: missing("scepclient", "scep") }, () => {
  const enroll = (url: string, folder: string, secret = challenge) => {
    const keys = ["-private-key", join(folder, "key"), "-certificate", join(folder, "crt")];
    return run("scepclient", [...keys, "-server-url", url, "-challenge", secret], { cwd: folder });
  };

  it("gets a certificate for its key, by POST and by GET, in the ciphers of its time", async () => {
    for (const [capabilities, method] of [
      ["POSTPKIOperation\nSHA-256\nAES", "POST"],
      ["SHA-1", "GET"],
    ] as const) {
      await using server = await scepServer({ authority, challenge, capabilities });
      await using client = await clientFolder();
      await enroll(server.url, client.folder);
      const issued = new X509Certificate(await readFile(join(client.folder, "crt")));
      assert.ok(issued.checkPrivateKey(client.key));
      assert.ok(issued.verify(new X509Certificate(authority.certificate).publicKey));
      const [request] = server.seen;
      assert.deepEqual(
        [request?.type, request?.method, request?.cipher, request?.digest],
        ["PKCSReq", method, "des", "sha1"],
      );
    }
  });

  it("understands that it is refused", async () => {
    await using server = await scepServer({ authority, challenge });
    await using client = await clientFolder();
    await assert.rejects(
      enroll(server.url, client.folder, "another"),
      ({ stdout }) => /badRequest/i.test(stdout) || assert.fail(stdout),
    );
    assert.ok(!existsSync(join(client.folder, "crt")));
  });
});

const swanPackages = "strongswan-pki libstrongswan-extra-plugins libstrongswan-standard-plugins";

describe("pki of strongSwan", { skip: missing("pki", swanPackages) }, () => {
  async function enroll(url: string, folder: string, ...more: readonly string[]): Promise<X509Certificate> {
    const [ca, ra] = [join(folder, "ca.pem"), join(folder, "ra.pem")];
    const outputs = ["--caout", ca, "--raout", ra, "--force", "--outform", "pem"];
    await run("pki", ["--scepca", "--url", url, ...outputs]);
    const answers = existsSync(ra) ? ra : ca;
    const trusted = ["--cacert-enc", answers, "--cacert-sig", answers, "--cacert", ca];
    const asked = ["--url", url, "--in", join(folder, "key"), "--dn", "C=US, O=T, CN=x", "--outform", "pem"];
    const { stdout } = await run("pki", ["--scep", ...asked, ...trusted, ...more]);
    await writeFile(join(folder, "crt"), stdout);
    return new X509Certificate(stdout);
  }

  it("gets certificates with every cipher, digest and padding it has", async () => {
    const ways = [
      { more: [], cipher: "aes128", digest: "sha256" },
      { more: ["--cipher", "des3"], cipher: "3des", digest: "sha256" },
      { more: ["--digest", "sha384"], cipher: "aes128", digest: "sha384" },
      { more: ["--digest", "sha512"], cipher: "aes128", digest: "sha512" },
      { more: ["--rsa-padding", "pss"], cipher: "aes128", digest: "sha256" },
    ];
    await using server = await scepServer({ authority, challenge });
    for (const { cipher, digest, more } of ways) {
      await using client = await clientFolder();
      const issued = await enroll(server.url, client.folder, "--password", challenge, ...more);
      assert.ok(issued.checkPrivateKey(client.key));
      const request = server.seen.at(-1);
      assert.deepEqual([request?.type, request?.cipher, request?.digest], ["PKCSReq", cipher, digest]);
      assert.equal(request?.subject.get("CN"), "x");
    }
  });

  it("renews with the certificate it has, and needs no challenge for that", async () => {
    await using server = await scepServer({ authority, challenge });
    await using client = await clientFolder();
    const first = await enroll(server.url, client.folder, "--password", challenge);
    await writeFile(join(client.folder, "old-crt"), first.toString());
    await writeFile(join(client.folder, "old-key"), client.key.export({ format: "pem", type: "pkcs1" }));
    const next = await client.newKey("key");
    const old = ["--cert", join(client.folder, "old-crt"), "--key", join(client.folder, "old-key")];
    const second = await enroll(server.url, client.folder, ...old);
    assert.ok(second.checkPrivateKey(next));
    const request = server.seen.at(-1);
    assert.deepEqual([request?.type, request?.signerSerial], ["RenewalReq", first.serialNumber]);
  });

  it("asks again while it has to wait", async () => {
    await using server = await scepServer({ authority, challenge, pending: 1 });
    await using client = await clientFolder();
    const issued = await enroll(server.url, client.folder, "--password", challenge, "--interval", "1");
    assert.ok(issued.checkPrivateKey(client.key));
    assert.deepEqual(
      server.seen.map(({ type }) => type),
      ["PKCSReq", "CertPoll"],
    );
  });

  it("is told why it is refused", async () => {
    await using server = await scepServer({ authority, challenge });
    await using client = await clientFolder();
    await assert.rejects(enroll(server.url, client.folder, "--password", "another"), /badRequest/);
  });

  it("gets its certificate from a CA with a key of EC through one who answers for it with RSA", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const curved = testAuthority([["CN", "Test EC CA"]], privateKey);
    await using server = await scepServer({ authority: curved, registration: testRegistration(curved), challenge });
    await using client = await clientFolder();
    const issued = await enroll(server.url, client.folder, "--password", challenge);
    assert.ok(issued.checkPrivateKey(client.key));
    assert.ok(issued.verify(new X509Certificate(curved.certificate).publicKey));
  });
});
