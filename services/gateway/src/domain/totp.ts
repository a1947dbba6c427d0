import { createHmac, timingSafeEqual } from "node:crypto";

/** What an authenticator app counts by, RFC 6238 §4 with its defaults: SHA-1, 6 digits, a new code each 30 s. */
const STEP_MS = 30_000;
const DIGITS = 6;

/** As long as the hash, RFC 4226 §4 R6. */
export const TOTP_SECRET_BYTES = 20;

/** The code of one step, RFC 4226 §5.3. */
export function totpCode(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(at) & 0x7fff_ffff) % 10 ** DIGITS).padStart(DIGITS, "0");
}

/**
 * The step whose code this is: the present one or a neighbour, since clocks differ (RFC 6238 §5.2). One that is not after
 * the last that was used is none, so that nobody uses a code again.
 */
export function stepOfCode(secret: Buffer, code: string, now: Date, lastStep: number): number | undefined {
  const present = Math.floor(now.getTime() / STEP_MS);
  if (!/^\d{6}$/.test(code)) return undefined;
  return [present - 1, present, present + 1].find(
    (step) => step > lastStep && timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code)),
  );
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6 without padding, as authenticator apps take secrets. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32[Number.parseInt(five.padEnd(5, "0"), 2)]).join("");
}

/** What an authenticator app reads from a QR code. */
export function otpauthUri(secret: string, account: string): string {
  const query = new URLSearchParams({ secret, issuer: "Muster" });
  return `otpauth://totp/Muster:${encodeURIComponent(account)}?${query.toString()}`;
}

/** A recovery code as it was meant, however it was typed. */
export const plainRecoveryCode = (typed: string): string => typed.toUpperCase().replaceAll(/[^A-Z2-7]/g, "");

/** In groups of four, for paper. */
export const recoveryCode = (random: Uint8Array): string => base32(random).replaceAll(/.{4}(?=.)/g, "$&-");
