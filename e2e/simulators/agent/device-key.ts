// oxlint-disable-next-line import/no-unassigned-import -- x509 finds its parts through the metadata this adds to the globals
import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A device's key and the request for its certificate. Many idle agents of a load may share one. */
export interface DeviceKey {
  /** PKCS#8, PEM. */
  readonly privateKey: string;
  /** PKCS#10, PEM. */
  readonly csr: string;
}

export const makeDeviceKey = async (commonName: string): Promise<DeviceKey> => {
  const keys = await webcrypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: P256,
  });
  const privateKey = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" });
  return { privateKey: String(privateKey), csr: request.toString("pem") };
};
