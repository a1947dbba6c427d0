import { calculateJwkThumbprint, type GeneralJWS, GeneralSign, importJWK, type JWK } from "jose";

/** Which keys commands are signed with, as agents are told. */
export interface KeyAnnouncement {
  /** What an agent that knows exactly these keys says of itself: their RFC 7638 thumbprints in order, with dots between. */
  readonly digest: string;
  readonly jws: GeneralJWS;
}

/** Tells it apart from a command, which is signed with the same keys. */
const TYPE = "muster-command-keys";

/**
 * The public keys, signed by every private one (general JWS, RFC 7515 section 7.2.1): an agent believes it by whichever
 * of them it knows already. That is how a new key becomes known to all while the old one is still there.
 */
export async function announceKeys(keys: readonly JWK[], now: Date): Promise<KeyAnnouncement> {
  const known = keys.map(({ d: _private, ...key }): JWK => ({ ...key, alg: "EdDSA", use: "sig" }));
  const statement = new GeneralSign(new TextEncoder().encode(JSON.stringify({ issuedAt: now, keys: known })));
  for (const key of keys) {
    const header = { alg: "EdDSA", typ: TYPE, ...(key.kid !== undefined && { kid: key.kid }) };
    statement.addSignature(await importJWK(key, "EdDSA")).setProtectedHeader(header);
  }
  const thumbprints = await Promise.all(known.map((key) => calculateJwkThumbprint(key)));
  return { digest: thumbprints.toSorted().join("."), jws: await statement.sign() };
}
