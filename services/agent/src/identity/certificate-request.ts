import { KeyObject, webcrypto } from "node:crypto";
import { x509 } from "../machine/x509.ts";

export interface CertificateRequest {
  /** PKCS#10 PEM. */
  readonly csr: string;
  /** PKCS#8 PEM. */
  readonly privateKey: string;
}

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A new key and the request for its certificate. The server puts the device's id into the certificate, so the name is only a hint. */
export async function createCertificateRequest(commonName: string): Promise<CertificateRequest> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: P256,
  });
  const privateKey = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" });
  return { csr: request.toString("pem"), privateKey: String(privateKey) };
}
