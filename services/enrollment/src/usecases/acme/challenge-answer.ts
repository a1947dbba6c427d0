import { createHash, type X509Certificate } from "node:crypto";
import { AttestationError } from "@muster/apple-protocol/attestation/attestation-error";
import { type Attestation, readAttestation } from "@muster/apple-protocol/attestation/read-attestation";
import { verifyAttestation } from "@muster/apple-protocol/attestation/verify-attestation";
import type { Proof } from "../../domain/acme/acme-order.ts";
import { AcmeProblem } from "../../domain/acme/acme-problem.ts";
import type { AppleEnrollment } from "../../domain/apple/apple-enrollment.ts";
import { isForeign, keptAttested } from "../../domain/apple/attested-device.ts";

/** What a device answers to device-attest-01 (draft-ietf-acme-device-attest §5). */
export interface ChallengeAnswer {
  /** CBOR; nothing from a device that attests nothing. */
  readonly attestation: Buffer | undefined;
}

interface Question {
  readonly enrollment: AppleEnrollment;
  readonly token: string;
  readonly roots: readonly X509Certificate[];
  readonly now: Date;
}

const refused = (detail: string, cause?: unknown) => new AcmeProblem("badAttestationStatement", detail, { cause });

/**
 * What an answer proves. The identifier of the order is the enrollment's challenge already: where no attestation is asked
 * for, to know it is enough. Throws AcmeProblem.
 */
export function proofIn({ attestation }: ChallengeAnswer, { enrollment, now, roots, token }: Question): Proof {
  if (enrollment.identityWay !== "acme_attested") return { attestedKey: undefined, attested: undefined };
  if (attestation === undefined) throw refused("an attestation of the key is required here");
  const { facts, publicKey } = believed(attestation, { roots, freshness: freshnessOf(token), now });
  if (isForeign(facts, enrollment))
    throw new AcmeProblem("unauthorized", "the attestation is about another device than the one that enrolls");
  return {
    attestedKey: publicKey.export({ format: "der", type: "spki" }),
    // What an order keeps is kept no longer than the enrollment's: a person's own device is not named here either.
    attested: keptAttested(enrollment.ownership, facts),
  };
}

/** Apple ties an attestation to an ACME challenge by the digest of its token. */
const freshnessOf = (token: string): Buffer => createHash("sha256").update(token).digest();

function believed(bytes: Buffer, expected: Parameters<typeof verifyAttestation>[1]): Attestation {
  try {
    const attestation = readAttestation(bytes);
    verifyAttestation(attestation, expected);
    return attestation;
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error;
    throw refused(error.message, error);
  }
}
