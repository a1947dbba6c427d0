// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 resolves its parts through it
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

/** Many certificates may share one key pair, which is what takes time to make. */
export const certificateKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

/** What the ingress says of a device whose certificate it verified (RFC 9440). Who signed it is the ingress' to know. */
export async function clientCertHeader(device: TestDevice, keys?: webcrypto.CryptoKeyPair): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=device",
    keys: keys ?? (await certificateKeys()),
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "url", value: deviceUri(device) }])],
  });
  return `:${Buffer.from(certificate.rawData).toString("base64")}:`;
}
