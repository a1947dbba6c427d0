import type { JSONWebKeySet } from "jose";
import { Agent, request } from "undici";

/** What a transmitter says of itself (SSF 1.0 §7.1, RFC 8414). */
export interface Discovered {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly configuration_endpoint: string;
  readonly status_endpoint: string;
  readonly verification_endpoint: string;
  readonly delivery_methods_supported: readonly string[];
}

export interface Credentials {
  /** Of the transmitter, as an administrator was told. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PEM of the authority behind the issuer. */
  readonly ca: string;
}

/** A transmitter as a receiver meets it: over TLS, by discovery, with a token for each hour. */
export class Transmitter {
  readonly found: Discovered;
  readonly jwks: JSONWebKeySet;
  readonly #agent: Agent;
  readonly #token: string;

  private constructor(found: Discovered, jwks: JSONWebKeySet, agent: Agent, token: string) {
    this.found = found;
    this.jwks = jwks;
    this.#agent = agent;
    this.#token = token;
  }

  static async discover({ issuer, clientId, clientSecret, ca }: Credentials): Promise<Transmitter> {
    const agent = new Agent({ connect: { ca }, bodyTimeout: 60_000, headersTimeout: 60_000 });
    const get = async <T>(url: string): Promise<T> => (await exchange<T>(agent, "GET", url, {})).body;
    const found = await get<Discovered & { spec_version: string }>(wellKnown(issuer, "ssf-configuration"));
    if (found.issuer !== issuer) throw new Error(`${issuer} says that it is ${found.issuer}`);
    if (found.spec_version !== "1_0") throw new Error(`the transmitter speaks ${found.spec_version}`);
    for (const [name, value] of Object.entries(found)) {
      if (/_(uri|endpoint)$/.test(name) && !String(value).startsWith("https://"))
        throw new Error(`${name} is ${String(value)}`);
      if (Array.isArray(value) && value.length === 0) throw new Error(`${name} is empty instead of absent`);
    }
    const oauth = await get<{ issuer: string; token_endpoint: string }>(
      wellKnown(issuer, "oauth-authorization-server"),
    );
    if (oauth.issuer !== issuer)
      throw new Error(`the authorization server of ${issuer} says that it is ${oauth.issuer}`);
    const form = new URLSearchParams({ grant_type: "client_credentials", scope: "ssf.read ssf.manage" }).toString();
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
    const granted = await exchange<{ access_token: string; token_type: string; expires_in: number }>(
      agent,
      "POST",
      oauth.token_endpoint,
      { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
      form,
    );
    const { access_token, token_type, expires_in } = granted.body;
    if (token_type !== "Bearer" || expires_in > 3_600) throw new Error(`a token of ${expires_in} s, ${token_type}`);
    return new Transmitter(found, await get<JSONWebKeySet>(found.jwks_uri), agent, access_token);
  }

  /** Calls with the token; whatever is not a success is an error. */
  async call<T>(method: "GET" | "POST" | "DELETE", url: string, body?: object): Promise<T> {
    const headers = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    return (await exchange<T>(this.#agent, method, url, headers, body && JSON.stringify(body))).body;
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}

/** RFC 8615: the well-known part stands between host and path. */
const wellKnown = (issuer: string, name: string): string => {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/${name}${pathname}`;
};

async function exchange<T>(
  dispatcher: Agent,
  method: "GET" | "POST" | "DELETE",
  url: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
): Promise<{ body: T }> {
  const answer = await request(url, { method, headers, dispatcher, ...(body !== undefined && { body }) });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${url} was answered with ${answer.statusCode}: ${text}`);
  return { body: (text === "" ? undefined : JSON.parse(text)) as T };
}
