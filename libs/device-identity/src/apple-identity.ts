import { hash, X509Certificate } from "node:crypto";
import { CmsError } from "@muster/apple-protocol/cms/cms-error";
import { verifySignedData } from "@muster/apple-protocol/cms/verify-signed-data";
import { LRUCache } from "lru-cache";

/** Who a certificate of the Apple CA says the device is. */
export interface AppleIdentity {
  readonly tenant: string;
  readonly enrollmentId: string;
  /** Hexadecimal. */
  readonly certificateSerial: string;
  readonly notAfter: Date;
}

/** Why a device was not believed. */
export type Disbelief = "no_proof" | "bad_signature" | "unknown_issuer" | "expired";

/** The URI that an Apple device's certificate carries: urn:muster:apple:<tenant>:<enrollment id>. */
export const appleUri = ({ enrollmentId, tenant }: Pick<AppleIdentity, "tenant" | "enrollmentId">): string =>
  `urn:muster:apple:${tenant}:${enrollmentId}`;

const URI = /URI:urn:muster:apple:([a-z0-9-]+):([0-9a-f-]{36})(?:,|$)/;

interface Checked {
  readonly certificate: X509Certificate;
  readonly identity: AppleIdentity | "unknown_issuer";
}

const KEPT_CERTIFICATES = 50_000;
const LONGEST_SIGNATURE = 64 * 1024;

/**
 * Believes devices by the certificates of one CA. A certificate is read and its issuer's signature checked once; after that
 * a message costs the check of its own signature.
 */
export class AppleVerifier {
  readonly #issuer: X509Certificate;
  readonly #checked = new LRUCache<string, Checked>({ max: KEPT_CERTIFICATES });

  /** @param issuer the CA's certificate, PEM or DER. */
  constructor(issuer: Buffer | string) {
    this.#issuer = new X509Certificate(issuer);
  }

  /** By its signature if the request has one, else by the client certificate that the ingress verified. */
  believe(
    signature: string | string[] | undefined,
    certificate: X509Certificate | undefined,
    body: Uint8Array,
    now: Date,
  ): AppleIdentity | Disbelief {
    if (typeof signature === "string") return this.bySignature(signature, body, now);
    return certificate === undefined ? "no_proof" : this.byCertificate(certificate, now);
  }

  /** By the Mdm-Signature header: a detached signature over the body, in base64. */
  bySignature(header: string, body: Uint8Array, now: Date): AppleIdentity | Disbelief {
    if (header.length === 0 || header.length > LONGEST_SIGNATURE) return "no_proof";
    try {
      let checked: Checked | undefined;
      verifySignedData(Buffer.from(header, "base64"), {
        content: body,
        certificateOf: (der) => {
          checked = this.#check(der);
          return checked.certificate;
        },
      });
      return checked === undefined ? "bad_signature" : current(checked, now);
    } catch (error) {
      if (error instanceof CmsError) return "bad_signature";
      throw error;
    }
  }

  /** By a client certificate that the ingress saw the device hold the key of. */
  byCertificate(certificate: X509Certificate, now: Date): AppleIdentity | Disbelief {
    return current(this.#check(certificate.raw), now);
  }

  #check(der: Buffer): Checked {
    const name = hash("sha256", der, "base64");
    const known = this.#checked.get(name);
    if (known !== undefined) return known;
    const certificate = new X509Certificate(der);
    const isOurs = certificate.checkIssued(this.#issuer) && certificate.verify(this.#issuer.publicKey);
    const checked = { certificate, identity: isOurs ? identityOf(certificate) : "unknown_issuer" } as const;
    this.#checked.set(name, checked);
    return checked;
  }
}

function identityOf(certificate: X509Certificate): AppleIdentity | "unknown_issuer" {
  const match = URI.exec(certificate.subjectAltName ?? "");
  if (match === null) return "unknown_issuer";
  const [, tenant = "", enrollmentId = ""] = match;
  const certificateSerial = certificate.serialNumber.toLowerCase();
  return { tenant, enrollmentId, certificateSerial, notAfter: certificate.validToDate };
}

const current = ({ identity }: Checked, now: Date): AppleIdentity | Disbelief =>
  identity !== "unknown_issuer" && identity.notAfter <= now ? "expired" : identity;
