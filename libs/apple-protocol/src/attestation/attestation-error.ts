/** Why an attestation is not believed, in words for whoever looks into it. */
export class AttestationError extends Error {
  override readonly name = "AttestationError";
}

/** What goes wrong while an attestation is looked at is the attestation's fault. */
export function lookingAtAttestation<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (error instanceof AttestationError) throw error;
    throw new AttestationError("the attestation cannot be read", { cause: error });
  }
}
