import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { writePlist } from "@muster/apple-protocol/plist/write-plist";
import { writeCertificateRequest } from "@muster/apple-protocol/x509/write-request";

const pemOf = (kind: string, der: Buffer): string => {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`, ""].join("\n");
};

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");

/** The request for a push certificate (PKCS#10, RSA with SHA-256), PEM. Apple takes nothing from it but the key. */
export const writeSigningRequest = (key: KeyObject, tenant: string): string =>
  pemOf("CERTIFICATE REQUEST", writeCertificateRequest(key, [["CN", `Muster push ${tenant}`]]));

/** An MDM vendor's own key, and the chain of its certificate up to Apple's root, PEM. */
export interface PushVendor {
  readonly chain: string;
  readonly key: KeyObject;
}

export async function readPushVendor(certFile: string, keyFile: string): Promise<PushVendor | undefined> {
  if (certFile === "" || keyFile === "") return undefined;
  return { chain: await readFile(certFile, "utf8"), key: createPrivateKey(await readFile(keyFile)) };
}

/**
 * A request as identity.apple.com takes it: signed by a vendor, a property list in base64 (Apple, "Setting up Push Notifications
 * for Your MDM Customers").
 */
export function vendorSigned(signingRequest: string, { chain, key }: PushVendor): string {
  const request = derOf(signingRequest);
  const plist = writePlist({
    PushCertRequestCSR: request.toString("base64"),
    PushCertCertificateChain: chain,
    PushCertSignature: sign("sha256", request, key).toString("base64"),
  });
  return Buffer.from(plist).toString("base64");
}
