import { type EscrowedSecret as EscrowedMessage, SecretKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import type * as domain from "../domain/escrow.ts";

/** The kinds of secrets as the contract names them. */
export const SECRET_KINDS = {
  bootstrap_token: SecretKind.SECRET_KIND_BOOTSTRAP_TOKEN,
  unlock_token: SecretKind.SECRET_KIND_UNLOCK_TOKEN,
  disk_recovery_key: SecretKind.SECRET_KIND_DISK_RECOVERY_KEY,
  activation_lock_bypass_code: SecretKind.SECRET_KIND_ACTIVATION_LOCK_BYPASS_CODE,
  recovery_lock_password: SecretKind.SECRET_KIND_RECOVERY_LOCK_PASSWORD,
  lock_pin: SecretKind.SECRET_KIND_LOCK_PIN,
  firmware_password: SecretKind.SECRET_KIND_FIRMWARE_PASSWORD,
} as const satisfies Record<domain.SecretKind, SecretKind>;

const BY_NAME = new Map<SecretKind, domain.SecretKind>(
  Object.entries(SECRET_KINDS).map(([kind, name]) => [name, kind as domain.SecretKind]),
);

export const secretKindFrom = (kind: SecretKind): domain.SecretKind | undefined => BY_NAME.get(kind);

/** The entry of a secret; with the secret itself only where it was asked for. */
export const escrowedMessage = (entry: domain.EscrowedSecret, value = ""): EscrowedMessage => ({
  id: entry.id,
  deviceId: entry.deviceId,
  kind: SECRET_KINDS[entry.kind],
  escrowedAt: entry.escrowedAt,
  lastReadAt: entry.lastReadAt,
  value,
  provenAt: entry.provenAt,
  endedAt: entry.endedAt,
  commandId: entry.commandId ?? "",
});
