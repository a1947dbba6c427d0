import { X509Certificate } from "node:crypto";
import { requestByAcme } from "../acme/acme-client.ts";
import { fingerprint, type Identity } from "../crypto/certificate.ts";
import { makeEcKey } from "../crypto/key-pair.ts";
import type { DeviceParts } from "../device-parts.ts";
import type { Plist } from "../plist/plist-value.ts";
import { requestCertificate } from "../scep/scep-client.ts";
import { acmeWishOf, scepRequestOf } from "./enrollment-profile.ts";

/** Makes a key and has it certified as a SCEP or ACME payload says. @throws ScepRefused AcmeRefused */
export const obtainIdentity = async (parts: DeviceParts, payload: Plist): Promise<Identity> => {
  const byAcme = payload["PayloadType"] === "com.apple.security.acme";
  const identity = byAcme ? await overAcme(parts, payload) : await overScep(parts, payload);
  const certificate = new X509Certificate(identity.certificate);
  parts.ledger.add({
    kind: "certificate",
    subject: certificate.subject,
    sha256: fingerprint(identity.certificate),
    serialNumber: certificate.serialNumber,
  });
  return identity;
};

const overScep = async (parts: DeviceParts, payload: Plist): Promise<Identity> => {
  const { bits, ...request } = scepRequestOf(payload, parts.hardware);
  return await requestCertificate(parts.door, { ...request, key: await parts.keys(bits) }, parts.now);
};

const overAcme = async (parts: DeviceParts, payload: Plist): Promise<Identity> => {
  const { request, rsaBits, attested } = acmeWishOf(payload, parts.hardware);
  const key = rsaBits === undefined ? await makeEcKey() : await parts.keys(rsaBits);
  const attest = async (token: string): Promise<Buffer> => await parts.attest(key.publicKey, token);
  return await requestByAcme(parts.door, { ...request, key, attest: attested ? attest : undefined });
};
