import { type CryptoKey, importJWK, type JWK } from "jose";
import { AcmeProblem } from "../domain/acme/acme-problem.ts";
import { isBase64url } from "../domain/acme/base64url.ts";

/** ES256 is the one that every server has to take (RFC 8555 §6.2). */
export const ALGORITHMS = ["ES256", "ES384", "ES512", "RS256"] as const;

/** 4096 bits. */
const LONGEST_MODULUS = 683;
/** 2048 bits. */
const SHORTEST_MODULUS = 342;
const LONGEST_PART = 128;

const bad = () =>
  new AcmeProblem("badPublicKey", "the key has to be a public one on a NIST curve, or RSA of 2048 to 4096 bits");

/** A public key (RFC 7517) with nothing but what makes it. Throws AcmeProblem. */
export function publicJwk(value: unknown): JWK {
  const { crv, d, e, kty, n, x, y } = (value ?? {}) as Record<string, unknown>;
  const part = (text: unknown, longest = LONGEST_PART): string => {
    if (!isBase64url(text) || text.length > longest) throw bad();
    return text;
  };
  if (d !== undefined) throw bad();
  if (kty === "EC" && typeof crv === "string" && ["P-256", "P-384", "P-521"].includes(crv))
    return { kty, crv, x: part(x), y: part(y) };
  if (kty !== "RSA") throw bad();
  const modulus = part(n, LONGEST_MODULUS);
  if (modulus.length < SHORTEST_MODULUS) throw bad();
  return { kty, n: modulus, e: part(e) };
}

/** The key, for signatures of this algorithm. Throws AcmeProblem when they do not fit. */
export async function verifyingKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  try {
    const key = await importJWK(jwk, algorithm);
    if (key instanceof Uint8Array) throw bad();
    return key;
  } catch (error) {
    throw error instanceof AcmeProblem ? error : bad();
  }
}
