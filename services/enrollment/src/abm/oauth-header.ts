import { createHmac } from "node:crypto";
import type { ServerToken } from "../domain/automated/automated-server.ts";

interface OneTime {
  readonly nonce: string;
  readonly now: Date;
}

/** RFC 5849 §3.6: as RFC 3986 encodes, nothing but letters, digits, `-`, `.`, `_` and `~` stays. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

/** The Authorization header of one request that is signed with HMAC-SHA1 (RFC 5849). */
export function oauthHeader(method: string, url: URL, token: ServerToken, { nonce, now }: OneTime): string {
  const signed: Record<string, string> = {
    oauth_consumer_key: token.consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: "HMAC-SHA1",
    oauth_timestamp: String(Math.floor(now.getTime() / 1_000)),
    oauth_token: token.accessToken,
    oauth_version: "1.0",
  };
  const parameters = [...Object.entries(signed), ...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const base = [method, `${url.origin}${url.pathname}`, parameters].map(encode).join("&");
  const key = `${encode(token.consumerSecret)}&${encode(token.accessSecret)}`;
  const signature = createHmac("sha1", key).update(base).digest("base64");
  const fields = Object.entries({ ...signed, oauth_signature: signature });
  return `OAuth realm="ADM", ${fields.map(([name, value]) => `${name}="${encode(value)}"`).join(", ")}`;
}
