import { flattenedVerify, type JWK } from "jose";
import { AcmeProblem } from "../domain/acme/acme-problem.ts";
import type { AcmeAccount } from "../storage/acme-accounts.ts";
import { ALGORITHMS, publicJwk, verifyingKey } from "./public-key.ts";

/** Who signed: a key that the request brings, or the account that it names. */
export type Signer = { readonly jwk: JWK } | { readonly account: AcmeAccount };

export interface SignedRequest {
  readonly signer: Signer;
  readonly nonce: string;
  /** Empty for a request that only reads (RFC 8555 §6.3). */
  readonly payload: Buffer;
}

const malformed = (detail: string, cause?: unknown) => new AcmeProblem("malformed", detail, { cause });

interface Expected {
  /** The address that was asked; the signature has to be for it. */
  readonly url: string;
  /** The account with an address. */
  readonly accountAt: (kid: string) => Promise<AcmeAccount>;
}

/**
 * Reads and verifies the signature around a request (RFC 8555 §6.2, flattened JSON of RFC 7515). Whether its nonce is good is
 * to be asked yet. Throws AcmeProblem.
 */
export async function readSigned(body: Buffer, { accountAt, url }: Expected): Promise<SignedRequest> {
  const jws = jsonIn(body);
  const { payload, protected: head, signature } = jws;
  if (typeof head !== "string" || typeof payload !== "string" || typeof signature !== "string" || "header" in jws)
    throw malformed("the body has to be a flattened JWS whose header is protected");
  const fields = jsonIn(Buffer.from(head, "base64url"));
  const { alg, jwk, kid, nonce } = fields;
  if (!ALGORITHMS.some((algorithm) => algorithm === alg))
    throw new AcmeProblem("badSignatureAlgorithm", `the signature has to be of ${ALGORITHMS.join(", ")}`);
  if (typeof nonce !== "string") throw new AcmeProblem("badNonce", "the nonce is missing; take the one of this answer");
  if (fields["url"] !== url) throw new AcmeProblem("unauthorized", "the signature is for another address");
  if ((jwk === undefined) === (kid === undefined)) throw malformed("the header has to name either a key or an account");
  if (kid !== undefined && typeof kid !== "string") throw malformed("kid has to be an account's address");
  const signer: Signer = kid === undefined ? { jwk: publicJwk(jwk) } : { account: await accountAt(kid) };
  const key = await verifyingKey("jwk" in signer ? signer.jwk : signer.account.jwk, String(alg));
  try {
    const verified = await flattenedVerify({ payload, protected: head, signature }, key, {
      algorithms: [...ALGORITHMS],
    });
    return { signer, nonce, payload: Buffer.from(verified.payload) };
  } catch (error) {
    throw malformed("the signature is not the key's", error);
  }
}

/** The JSON object that a request says. Throws AcmeProblem. */
export function jsonIn(bytes: Buffer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    throw malformed("what has to be JSON is none", error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("a JSON object is expected");
  return value as Record<string, unknown>;
}
