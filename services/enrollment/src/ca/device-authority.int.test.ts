import assert from "node:assert/strict";
import { randomBytes, X509Certificate } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { identityOf } from "@muster/device-identity/device-certificate";
import { Refusal } from "@muster/host/refusal";
import { device } from "../testing/builders.ts";
import { makeAuthority, makeRequest, openssl, P256, type TestAuthority } from "../testing/certificate-authority.ts";
import { readAuthorityFiles } from "./authority-files.ts";
import { readCertificateRequest } from "./certificate-request.ts";
import { deviceAuthority } from "./device-authority.ts";

const DEVICE_ID = "01932c07-209e-7a3c-8c8e-3f6d5c1f0a11";
const now = new Date();

describe("the device CA", () => {
  let files: TestAuthority;

  before(async () => {
    files = await makeAuthority();
  });
  after(() => rm(files.folder, { recursive: true }));

  const authority = async () =>
    deviceAuthority({ ...(await readAuthorityFiles(files.certificateFile, files.keyFile)), randomBytes });

  it("issues a client certificate that openssl accepts, and that says who the device is", async () => {
    const request = await readCertificateRequest(await makeRequest(files.folder));
    const issued = await (await authority()).issue(device({ method: "agent" }, now, DEVICE_ID), request, now);
    const file = join(files.folder, "issued.pem");
    await writeFile(file, issued.pem);
    const verdict = await openssl([
      "verify",
      "-x509_strict",
      "-purpose",
      "sslclient",
      "-CAfile",
      files.certificateFile,
      file,
    ]);
    assert.match(verdict, /: OK/);
    await assert.rejects(openssl(["verify", "-purpose", "sslserver", "-CAfile", files.certificateFile, file]));

    const text = await openssl(["x509", "-in", file, "-noout", "-text"]);
    assert.match(text, new RegExp(`URI:urn:muster:device:acme:${DEVICE_ID}:1`));
    assert.match(text, /TLS Web Client Authentication/);
    assert.match(text, /CA:FALSE/);
    // The request asked for CN=root; what it asks for is not what it gets.
    assert.match(text, new RegExp(`Subject: CN ?= ?${DEVICE_ID}`));

    const certificate = new X509Certificate(issued.pem);
    assert.deepEqual(identityOf(certificate), { tenant: "acme", deviceId: DEVICE_ID, method: "agent", generation: 1 });
    assert.equal(certificate.serialNumber.toLowerCase(), issued.serial);
    assert.equal(certificate.validToDate.getTime(), issued.notAfter.getTime());
    assert.equal(Math.round((issued.notAfter.getTime() - now.getTime()) / 86_400_000), 90);
  });

  it("takes P-256 keys only, and only from those who hold them", async () => {
    const good = await makeRequest(files.folder, P256);
    const others = await Promise.all([
      makeRequest(files.folder, ["rsa:2048"]),
      makeRequest(files.folder, ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"]),
      makeRequest(files.folder, ["ed25519"]),
    ]);
    const body = Buffer.from(good.replace(/-----[^-]+-----/g, ""), "base64");
    const forged = Buffer.from(body);
    const name = forged.indexOf("root");
    forged.write("toor", name);
    const pem = (der: Buffer) =>
      `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    const bad = [...others, pem(forged), pem(body.subarray(0, 60)), pem(Buffer.alloc(0)), "", "hello", good.repeat(50)];
    for (const request of bad) {
      await assert.rejects(
        readCertificateRequest(request),
        (error: unknown) => error instanceof Refusal && error.code === "enrollment.bad_csr",
        request.slice(0, 80),
      );
    }
  });

  it("does not start with a key that is not its own", async () => {
    const stranger = await makeAuthority();
    try {
      const mixed = await readAuthorityFiles(files.certificateFile, stranger.keyFile);
      await assert.rejects(deviceAuthority({ ...mixed, randomBytes }), /does not belong/);
    } finally {
      await rm(stranger.folder, { recursive: true });
    }
  });
});
