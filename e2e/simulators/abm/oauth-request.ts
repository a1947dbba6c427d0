import { createHmac, timingSafeEqual } from "node:crypto";

/** What Apple gives out for one server: two pairs of a name and a secret. */
export interface TokenCredentials {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly accessToken: string;
  readonly accessSecret: string;
}

/** How a request for a session stands: good, written wrongly (400), or not to be believed (401). */
export type OauthVerdict = "good" | "malformed" | "refused";

const LONGEST_AGE_SECONDS = 300;

const percent = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[A-Za-z0-9\-._~]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");

const fieldsIn = (header: string): Map<string, string> => {
  const fields = new Map<string, string>();
  for (const [, name, value] of header.matchAll(/(\w+)="([^"]*)"/g))
    fields.set(name ?? "", decodeURIComponent(value ?? ""));
  return fields;
};

/** Checks requests signed after OAuth 1.0a with HMAC-SHA1; a nonce is good once. */
export class OauthChecker {
  readonly #credentials: TokenCredentials;
  readonly #nonces = new Set<string>();

  constructor(credentials: TokenCredentials) {
    this.#credentials = credentials;
  }

  check(method: string, url: string, header: string): OauthVerdict {
    if (!header.startsWith("OAuth ")) return "malformed";
    const fields = fieldsIn(header.slice(6));
    const at = (name: string): string => fields.get(name) ?? "";
    if (at("oauth_signature_method") !== "HMAC-SHA1" || at("oauth_version") !== "1.0") return "malformed";
    const { accessSecret, accessToken, consumerKey, consumerSecret } = this.#credentials;
    if (at("oauth_consumer_key") !== consumerKey || at("oauth_token") !== accessToken) return "refused";
    const age = Math.abs(Date.now() / 1_000 - Number(at("oauth_timestamp")));
    if (!(age <= LONGEST_AGE_SECONDS) || at("oauth_nonce") === "" || this.#nonces.has(at("oauth_nonce")))
      return "refused";
    this.#nonces.add(at("oauth_nonce"));
    const parameters = [...fields]
      .filter(([name]) => name.startsWith("oauth_") && name !== "oauth_signature")
      .map(([name, value]) => `${percent(name)}=${percent(value)}`)
      .toSorted()
      .join("&");
    const base = `${method}&${percent(url)}&${percent(parameters)}`;
    const right = createHmac("sha1", `${percent(consumerSecret)}&${percent(accessSecret)}`)
      .update(base)
      .digest();
    const given = Buffer.from(at("oauth_signature"), "base64");
    return given.length === right.length && timingSafeEqual(given, right) ? "good" : "refused";
  }
}
