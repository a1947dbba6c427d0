import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import { issueCertificate } from "@muster/apple-protocol/x509/issue-certificate";
import { appleUri } from "@muster/device-identity/apple-identity";
import { ConfigurationError } from "@muster/host/environment";
import { serialNumber } from "../domain/serial-number.ts";
import type { IssueAppleCertificate } from "../usecases/apple/issue-by-scep.ts";

const LIFETIME_MS = 365 * 24 * 3_600_000;
// A device whose clock is a little slow must be able to use its certificate at once.
const CLOCK_SKEW_MS = 5 * 60_000;

/** The CA of Apple devices. It answers for itself over SCEP, which takes an RSA key. */
export interface AppleAuthority {
  /** DER. */
  readonly certificate: Buffer;
  readonly key: KeyObject;
  readonly sha256: Buffer;
  readonly issue: IssueAppleCertificate;
}

interface AuthorityMaterial {
  /** PEM; the CA's own first. */
  readonly certificates: readonly string[];
  readonly key: KeyObject;
  readonly randomBytes: (count: number) => Buffer;
}

/** Throws when certificate and key do not fit together, or are not a CA's for SCEP. */
export function appleAuthority({ certificates, key, randomBytes }: AuthorityMaterial): AppleAuthority {
  const own = new X509Certificate(certificates[0] ?? "");
  if (!own.ca) throw new ConfigurationError("MUSTER_APPLE_CA_CERT is not the certificate of a CA");
  if (!own.checkPrivateKey(key))
    throw new ConfigurationError("MUSTER_APPLE_CA_KEY does not belong to MUSTER_APPLE_CA_CERT");
  if (key.asymmetricKeyType !== "rsa")
    throw new ConfigurationError("MUSTER_APPLE_CA_KEY has to be an RSA key, for SCEP");
  const certificate = own.raw;
  return {
    certificate,
    key,
    sha256: createHash("sha256").update(certificate).digest(),
    issue: ({ id, tenant }, publicKey, now) => {
      const serial = serialNumber(randomBytes);
      const notAfter = new Date(Math.min(now.getTime() + LIFETIME_MS, own.validToDate.getTime()));
      const der = issueCertificate(
        { certificate, key },
        {
          publicKey,
          subject: [
            ["O", tenant],
            ["CN", id],
          ],
          // Nothing can be encrypted to a key on an elliptic curve as it is to one of RSA (RFC 5480 §3).
          keyUsage:
            publicKey.asymmetricKeyType === "rsa" ? ["digitalSignature", "keyEncipherment"] : ["digitalSignature"],
          clientAuth: true,
          uris: [appleUri({ tenant, enrollmentId: id })],
          serial,
          notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
          notAfter,
        },
      );
      return { der, serial: serial.toString("hex"), notAfter };
    },
  };
}
