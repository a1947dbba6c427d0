import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { deviceUri } from "@muster/device-identity/device-certificate";
import * as x509 from "@peculiar/x509";

export interface TestDevice {
  readonly tenant: string;
  readonly deviceId: string;
  readonly generation: number;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** What the ingress says of a device whose certificate it verified (RFC 9440). Who signed it is the ingress' to know. */
export async function clientCertHeader(device: TestDevice): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=device",
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "url", value: deviceUri(device) }])],
  });
  return `:${Buffer.from(certificate.rawData).toString("base64")}:`;
}
