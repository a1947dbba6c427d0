// oxlint-disable-next-line import/no-unassigned-import -- x509 finds its parts through the metadata this adds to the globals
import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

const pem = (key: webcrypto.CryptoKey): string => String(KeyObject.from(key).export({ type: "pkcs8", format: "pem" }));

/** A certificate authority for one test: a server certificate for 127.0.0.1 and device certificates on request. */
export const tinyAuthority = async () => {
  const keys = await webcrypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=Test CA",
    ...validity,
    keys,
    signingAlgorithm: P256,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  let serial = 1;
  const issue = async (
    publicKey: x509.PublicKeyType,
    subject: string,
    names: x509.JsonGeneralName[],
  ): Promise<string> => {
    serial += 1;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial.toString(16).padStart(2, "0"),
      subject,
      issuer: ca.subject,
      ...validity,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: P256,
      extensions: [new x509.SubjectAlternativeNameExtension(names)],
    });
    return certificate.toString("pem");
  };
  const serverKeys = await webcrypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  return {
    ca: ca.toString("pem"),
    server: {
      key: pem(serverKeys.privateKey),
      cert: await issue(serverKeys.publicKey, "CN=localhost", [
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
    },
    /** @throws when the request's own signature is wrong. */
    async sign(csr: string, deviceId: string): Promise<string> {
      const request = new x509.Pkcs10CertificateRequest(csr);
      if (!(await request.verify())) throw new Error("bad CSR");
      return await issue(request.publicKey, `CN=${deviceId}`, [
        { type: "url", value: `urn:muster:device:t:${deviceId}:1` },
      ]);
    },
  };
};
