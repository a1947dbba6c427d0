import type { SecretKind } from "./escrow.ts";

/** Thirty-two characters that nobody takes for another one when they read them from a screen. */
export const READABLE = "0123456789ACDEFGHJKLMNPQRTUVWXYZ";
const GROUPS = 6;
const GROUP_LENGTH = 4;

/** A secret made up for a device; nothing for kinds that only devices make. */
export function madeSecret(kind: SecretKind, randomBytes: (count: number) => Buffer): string | undefined {
  switch (kind) {
    case "lock_pin":
      // Of 2^48 numbers, so that none of the million is noticeably likelier than another.
      return String(randomBytes(6).readUIntBE(0, 6) % 1_000_000).padStart(6, "0");
    case "firmware_password":
    case "recovery_lock_password":
      return Array.from({ length: GROUPS }, () => readable(randomBytes(GROUP_LENGTH))).join("-");
    case "activation_lock_bypass_code":
    case "bootstrap_token":
    case "disk_recovery_key":
    case "unlock_token":
      return undefined;
    default:
      return kind satisfies never;
  }
}

const readable = (bytes: Buffer): string => [...bytes].map((byte) => READABLE[byte % READABLE.length]).join("");
