import { SecretKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import type { EscrowKind } from "../../domain/apple/escrow-kind.ts";

/** The kinds in the contract's words. */
export const SECRET_KINDS = {
  unlock_token: SecretKind.SECRET_KIND_UNLOCK_TOKEN,
  disk_recovery_key: SecretKind.SECRET_KIND_DISK_RECOVERY_KEY,
  activation_lock_bypass_code: SecretKind.SECRET_KIND_ACTIVATION_LOCK_BYPASS_CODE,
  recovery_lock_password: SecretKind.SECRET_KIND_RECOVERY_LOCK_PASSWORD,
  lock_pin: SecretKind.SECRET_KIND_LOCK_PIN,
  firmware_password: SecretKind.SECRET_KIND_FIRMWARE_PASSWORD,
} as const satisfies Record<EscrowKind, SecretKind>;
