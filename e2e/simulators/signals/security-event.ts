import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";

/** A security event token that was believed. */
export interface SecurityEvent {
  readonly jti: string;
  readonly txn: string;
  readonly issuedAt: number;
  /** The URI of its one event. */
  readonly type: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly subject: Subject;
}

export interface Subject {
  readonly format: string;
  readonly id?: string;
  readonly device?: { readonly format: string; readonly iss: string; readonly sub: string };
  readonly user?: { readonly format: string; readonly email: string };
  readonly tenant?: { readonly format: string; readonly id: string };
}

/** Why a token is not believed, in the words of RFC 8935 §2.4. */
export class DistrustedSet extends Error {
  override readonly name = "DistrustedSet";
  readonly err: string;
  constructor(err: string, description: string) {
    super(description);
    this.err = err;
  }
}

export interface Trust {
  readonly issuer: string;
  readonly audience: string;
  readonly jwks: JSONWebKeySet;
  /** Okta looks for the subject in the event, as an older draft had it. */
  readonly dialect?: "ssf" | "okta";
}

const LEAST_MODULUS_BYTES = 256;

/** Believes a token only if it is all that RFC 8417, SSF 1.0 §4 and the CAEP interoperability profile ask of one. */
export async function believe(set: string, { issuer, audience, jwks, dialect = "ssf" }: Trust): Promise<SecurityEvent> {
  const { alg, typ, kid } = decodeProtectedHeader(set);
  if (typ !== "secevent+jwt") throw new DistrustedSet("invalid_request", `typ is ${typ}`);
  if (alg !== "RS256") throw new DistrustedSet("invalid_key", `alg is ${alg}`);
  const key = jwks.keys.find((each) => each.kid === kid);
  if (kid === undefined || key === undefined) throw new DistrustedSet("invalid_key", `kid ${kid} is not published`);
  if ("d" in key || Buffer.from(String(key.n), "base64url").length < LEAST_MODULUS_BYTES) {
    throw new DistrustedSet("invalid_key", "the published key is short or private");
  }
  const payload = await jwtVerify(set, createLocalJWKSet(jwks), { algorithms: ["RS256"] }).then(
    (verified) => verified.payload,
    (error: unknown) => {
      throw new DistrustedSet("invalid_key", String(error));
    },
  );
  if (payload.iss !== issuer) throw new DistrustedSet("invalid_issuer", `iss is ${payload.iss}`);
  if (payload.aud !== audience) throw new DistrustedSet("invalid_audience", `aud is ${String(payload.aud)}`);
  return read(payload, dialect);
}

function read(payload: JWTPayload, dialect: "ssf" | "okta"): SecurityEvent {
  const { jti, iat, txn, sub_id, events } = payload as JWTPayload & {
    txn?: unknown;
    sub_id?: unknown;
    events?: unknown;
  };
  const require = (isSo: boolean, what: string): void => {
    if (!isSo) throw new DistrustedSet("invalid_request", what);
  };
  require(!("sub" in payload) && !("exp" in payload), "it has sub or exp");
  require(typeof jti === "string" && jti !== "", "it has no jti");
  require(typeof txn === "string" && txn !== "", "it has no txn");
  require(Number.isInteger(iat) && Math.abs(Date.now() / 1_000 - Number(iat)) < 3_600, "iat is no time of now");
  require(typeof events === "object" && events !== null, "it has no events");
  const all = Object.entries(events as Record<string, Record<string, unknown>>);
  require(all.length === 1 && typeof all[0]?.[1] === "object", "it has not exactly one event");
  const [type, event] = all[0] as [string, Record<string, unknown>];
  const subject = dialect === "okta" ? event["subject"] : sub_id;
  require(typeof subject === "object" && subject !== null && "format" in subject, "it has no subject");
  return { jti: String(jti), txn: String(txn), issuedAt: Number(iat), type, event, subject: subject as Subject };
}
