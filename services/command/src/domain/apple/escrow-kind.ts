/** What a secret opens, in the escrow's words. */
export type EscrowKind =
  | "unlock_token"
  | "disk_recovery_key"
  | "activation_lock_bypass_code"
  | "recovery_lock_password"
  | "lock_pin"
  | "firmware_password";

/** What a command showed of a secret in escrow. */
export interface ShownProof {
  readonly kind: EscrowKind;
  readonly proof: "set" | "verified" | "cleared";
}
