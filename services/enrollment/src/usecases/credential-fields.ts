import { refuse } from "../domain/refusals.ts";

const LONGEST_NAME = 200;

export function requireName(name: string): void {
  if (name.trim() !== "" && name.length <= LONGEST_NAME && !name.includes("\0")) return;
  throw refuse("enrollment.bad_name", `give it a name of 1 to ${LONGEST_NAME} characters`);
}

export function requireFuture(expiresAt: Date | undefined, now: Date): void {
  if (expiresAt === undefined || expiresAt > now) return;
  throw refuse("enrollment.bad_expiry", "expires_at lies in the past");
}
