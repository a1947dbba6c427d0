import { refuse } from "../refusals.ts";

/** A location's token (.vpptoken): JSON in base64, and as it is the bearer token of every request. */
export interface LocationToken {
  readonly bearer: string;
  readonly organization: string;
  readonly expiresAt: Date;
}

const MAX_CONTENT = 8_192;

/** Reads the file as it was downloaded from Apple School or Business Manager. */
export function readLocationToken(content: string, now: Date): LocationToken {
  const bearer = content.replaceAll(/\s+/g, "");
  const bad = (why: string) => refuse("app_token.unreadable", `content is no location's token: ${why}`);
  if (bearer === "" || bearer.length > MAX_CONTENT) throw bad("give the .vpptoken file as it was downloaded");
  const token = jsonIn(bearer);
  if (token === undefined || typeof token["token"] !== "string") throw bad("it is no JSON in base64 with a token");
  const expiresAt = dateOf(token["expDate"]);
  if (expiresAt === undefined) throw bad("expDate is no date");
  if (expiresAt <= now)
    throw refuse("app_token.expired", `the token expired on ${expiresAt.toISOString()}; download a new one`);
  const { orgName } = token;
  return { bearer, organization: typeof orgName === "string" ? orgName.slice(0, 200) : "", expiresAt };
}

function jsonIn(bearer: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bearer, "base64").toString());
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** Apple writes the offset without a colon, such as 2030-11-08T22:33:22+0000. */
export function dateOf(text: unknown): Date | undefined {
  if (typeof text !== "string") return undefined;
  const date = new Date(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
