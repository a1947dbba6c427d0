import type { X509Certificate } from "node:crypto";
import { hasIssued } from "../x509/has-issued.ts";
import { AttestationError, lookingAtAttestation } from "./attestation-error.ts";
import type { Attestation } from "./read-attestation.ts";

export interface Expected {
  /** Who is believed to attest devices: Apple's Enterprise Attestation Root CA, but for simulated devices. */
  readonly roots: readonly X509Certificate[];
  /** What makes the attestation an answer to this question and no other. */
  readonly freshness: Buffer;
  readonly now: Date;
}

/** Checks that a believed root stands behind an attestation, and that it was made for this question. Throws AttestationError. */
export const verifyAttestation = (attestation: Attestation, expected: Expected): void =>
  lookingAtAttestation(() => check(attestation, expected));

function check({ certificates, freshness }: Attestation, expected: Expected): void {
  if (certificates[0]?.ca !== false) throw new AttestationError("the attested key is an authority's");
  if (!isChained(certificates, expected))
    throw new AttestationError("no root that is believed here stands behind the attestation");
  if (freshness === undefined || !freshness.equals(expected.freshness))
    throw new AttestationError("the attestation was made for something else");
}

/** Whether each certificate is good now and issued by the next, up to one that a root issued. */
function isChained(certificates: readonly X509Certificate[], { now, roots }: Expected): boolean {
  for (const [index, certificate] of certificates.entries()) {
    if (!isCurrent(certificate, now)) return false;
    if (roots.some((root) => isCurrent(root, now) && hasIssued(root, certificate))) return true;
    const next = certificates[index + 1];
    if (next === undefined || !hasIssued(next, certificate)) return false;
  }
  return false;
}

const isCurrent = ({ validFromDate, validToDate }: X509Certificate, now: Date): boolean =>
  validFromDate <= now && now < validToDate;
