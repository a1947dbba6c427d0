import { pbkdf2Sync } from "node:crypto";
import { READABLE } from "../made-secret.ts";

/** How many bytes a code is made of. */
export const BYPASS_BYTES = 16;
const GROUPS = [5, 5, 4, 4, 4, 4];
const BITS = 5;

/** Opens the activation lock of one device. */
export interface BypassCode {
  /** What a person types in as password of the lock. */
  readonly code: string;
  /** What Apple is given instead of the code, to know it by. */
  readonly escrowKey: string;
}

/**
 * The code that these random bytes make, and what is told of it (Apple, "Creating and using bypass codes"): five bits a letter,
 * and its key by PBKDF2 with SHA-256, four zeros of salt and 50,000 rounds.
 */
export function bypassCode(raw: Buffer): BypassCode {
  const bits = [...raw].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const letters = (bits.match(new RegExp(`.{1,${BITS}}`, "g")) ?? []).map((part) => READABLE[Number.parseInt(part, 2)]);
  let at = 0;
  const groups = GROUPS.map((length) => letters.slice(at, (at += length)).join(""));
  return {
    code: groups.join("-"),
    escrowKey: pbkdf2Sync(raw, Buffer.alloc(4), 50_000, 32, "sha256").toString("hex"),
  };
}
