/** What an escrowed secret opens. */
export type SecretKind =
  | "bootstrap_token"
  | "unlock_token"
  | "disk_recovery_key"
  | "activation_lock_bypass_code"
  | "recovery_lock_password"
  | "lock_pin";

/** The entry of a secret; the secret itself is sealed and elsewhere. */
export interface EscrowedSecret {
  readonly tenant: string;
  readonly id: string;
  readonly deviceId: string;
  readonly kind: SecretKind;
  readonly escrowedAt: Date;
  readonly lastReadAt: Date | undefined;
}
