/** What an escrowed secret opens. */
export type SecretKind =
  | "bootstrap_token"
  | "unlock_token"
  | "disk_recovery_key"
  | "activation_lock_bypass_code"
  | "recovery_lock_password"
  | "lock_pin"
  | "firmware_password";

/** Whose secret it is, and what it opens. */
export interface SecretOwner {
  readonly tenant: string;
  readonly deviceId: string;
  readonly kind: SecretKind;
}

/** The entry of a secret; the secret itself is sealed and elsewhere. */
export interface EscrowedSecret extends SecretOwner {
  readonly id: string;
  /** The command that sets it, or whose answer held it. */
  readonly commandId: string | undefined;
  readonly escrowedAt: Date;
  /** Since when it is sure that the device has it; the earlier ones of its kind stay good until then. */
  readonly provenAt: Date | undefined;
  readonly endedAt: Date | undefined;
  readonly lastReadAt: Date | undefined;
}

/** What a command showed of a secret in escrow. */
export type Proof =
  /** The device has what the command was to set. */
  | "set"
  /** The newest of its kind is the device's. */
  | "verified"
  /** The device no longer has what the kind opens. */
  | "cleared";

const BYTES: ReadonlySet<SecretKind> = new Set(["bootstrap_token", "unlock_token"]);

/** The secret as it is told: text as it is, bytes as base64. */
export const toldSecret = (kind: SecretKind, secret: Buffer): string =>
  secret.toString(BYTES.has(kind) ? "base64" : "utf8");

/** A secret as it was told. */
export const secretIn = (kind: SecretKind, told: string): Buffer =>
  Buffer.from(told, BYTES.has(kind) ? "base64" : "utf8");
