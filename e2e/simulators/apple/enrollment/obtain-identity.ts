import { X509Certificate } from "node:crypto";
import { fingerprint, type Identity } from "../crypto/certificate.ts";
import type { DeviceParts } from "../device-parts.ts";
import type { Plist } from "../plist/plist-value.ts";
import { requestCertificate } from "../scep/scep-client.ts";
import { scepRequestOf } from "./enrollment-profile.ts";

/** Makes a key and has it certified as a SCEP payload says. @throws ScepRefused */
export const obtainIdentity = async (parts: DeviceParts, payload: Plist): Promise<Identity> => {
  const { bits, ...request } = scepRequestOf(payload, parts.hardware);
  const identity = await requestCertificate(parts.door, { ...request, key: await parts.keys(bits) }, parts.now);
  const certificate = new X509Certificate(identity.certificate);
  parts.ledger.add({
    kind: "certificate",
    subject: certificate.subject,
    sha256: fingerprint(identity.certificate),
    serialNumber: certificate.serialNumber,
  });
  return identity;
};
