import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** What the provider says of a person (OpenID Connect Core §5.1). */
export interface Person {
  readonly sub: string;
  readonly email: string;
  readonly email_verified?: boolean;
}

interface Grant {
  readonly person: Person;
  readonly challenge: string;
  readonly nonce: string | null;
  readonly redirect: string;
}

/** An identity provider whose only person is signed in already; it insists on PKCE and on what was registered with it. */
export class SimulatedOpenIdProvider implements AsyncDisposable {
  /** Who is at the browser; nobody means that the person says no. */
  person: Person | undefined;
  readonly clientId = "muster-test";
  readonly clientSecret = "only-for-tests";
  readonly #grants = new Map<string, Grant>();
  readonly #key: CryptoKey;
  readonly #jwk: JWK;
  readonly #redirects: () => string;
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      send(response, 400, { error: "invalid_request", error_description: String(error) });
    });
  });

  private constructor(key: CryptoKey, jwk: JWK, redirects: () => string) {
    this.#key = key;
    this.#jwk = jwk;
    this.#redirects = redirects;
  }

  /** @param redirects the one address that people may be sent back to. */
  static async start(redirects: () => string): Promise<SimulatedOpenIdProvider> {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    const jwk = await exportJWK(publicKey);
    const named = { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: "RS256", use: "sig" };
    const provider = new SimulatedOpenIdProvider(privateKey, named, redirects);
    await once(provider.#server.listen(0, "127.0.0.1"), "listening");
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { issuer } = this;
    const url = new URL(request.url ?? "/", issuer);
    switch (`${request.method} ${url.pathname}`) {
      case "GET /.well-known/openid-configuration":
        return send(response, 200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
          code_challenge_methods_supported: ["S256"],
        });
      case "GET /keys":
        return send(response, 200, { keys: [this.#jwk] });
      case "GET /authorize":
        return this.#authorize(url.searchParams, response);
      case "POST /token":
        return send(response, 200, await this.#token(new URLSearchParams(await text(request)), request));
      default:
        return send(response, 404, { error: "not_found" });
    }
  }

  #authorize(asked: URLSearchParams, response: ServerResponse): void {
    const redirect = asked.get("redirect_uri") ?? "";
    if (redirect !== this.#redirects() || asked.get("client_id") !== this.clientId)
      throw new Error("the client is not registered");
    if (asked.get("code_challenge_method") !== "S256" || asked.get("response_type") !== "code")
      throw new Error("the code flow with PKCE is asked for");
    const back = new URL(redirect);
    back.searchParams.set("state", asked.get("state") ?? "");
    if (this.person === undefined) back.searchParams.set("error", "access_denied");
    else {
      const code = randomUUID();
      const challenge = asked.get("code_challenge") ?? "";
      this.#grants.set(code, { person: this.person, challenge, nonce: asked.get("nonce"), redirect });
      back.searchParams.set("code", code);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  async #token(form: URLSearchParams, { headers }: IncomingMessage): Promise<object> {
    const code = form.get("code") ?? "";
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    const [id, secret] = clientIn(form, headers.authorization);
    if (id !== this.clientId || secret !== this.clientSecret) throw new Error("the client is unknown");
    const verifier = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (grant === undefined || verifier !== grant.challenge || form.get("redirect_uri") !== grant.redirect)
      throw new Error("the code is not good here");
    const { sub, ...said } = grant.person;
    const token = await new SignJWT({ ...said, ...(grant.nonce !== null && { nonce: grant.nonce }) })
      .setProtectedHeader({ alg: "RS256", kid: this.#jwk.kid ?? "" })
      .setIssuer(this.issuer)
      .setAudience(this.clientId)
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(this.#key);
    return { access_token: randomUUID(), token_type: "Bearer", expires_in: 300, id_token: token };
  }
}

/** By form or by header (OpenID Connect Core §9). */
function clientIn(form: URLSearchParams, authorization: string | undefined): readonly (string | null | undefined)[] {
  if (authorization === undefined) return [form.get("client_id"), form.get("client_secret")];
  const pair = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
  return pair.split(":").map((part) => decodeURIComponent(part));
}

const send = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
};
