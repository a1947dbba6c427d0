import {
  type CryptoKey,
  calculateJwkThumbprint,
  createLocalJWKSet,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from "jose";
import type { SignalSigner } from "../usecases/signals/ports.ts";

const ALGORITHM = "RS256";

/** Signs with the first of the keys, and is believed by whoever knows any of them. */
export class SigningKeys implements SignalSigner {
  readonly jwks: JSONWebKeySet;
  readonly #key: CryptoKey;
  readonly #kid: string;
  readonly #known: ReturnType<typeof createLocalJWKSet>;

  private constructor(key: CryptoKey, kid: string, jwks: JSONWebKeySet) {
    this.#key = key;
    this.#kid = kid;
    this.jwks = jwks;
    this.#known = createLocalJWKSet(jwks);
  }

  static async open(keys: readonly [JWK, ...JWK[]]): Promise<SigningKeys> {
    const named = await Promise.all(
      keys.map(async (key) => ({ ...key, kid: key.kid ?? (await calculateJwkThumbprint(key)) })),
    );
    const { kid, ...first } = named[0] as JWK & { kid: string };
    // What is left out of this list never gets out.
    const published = named.map(({ n = "", e = "", kid: name }) => ({
      kty: "RSA",
      n,
      e,
      kid: name,
      alg: ALGORITHM,
      use: "sig",
    }));
    return new SigningKeys((await importJWK(first, ALGORITHM)) as CryptoKey, kid, { keys: published });
  }

  sign(typ: string, claims: JWTPayload): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ, kid: this.#kid }).sign(this.#key);
  }

  async verify(typ: string, token: string, issuer: string): Promise<JWTPayload | undefined> {
    const options = { typ, issuer, audience: issuer, algorithms: [ALGORITHM], requiredClaims: ["exp", "sub"] };
    return jwtVerify(token, this.#known, options).then(
      ({ payload }) => payload,
      () => undefined,
    );
  }
}
