import type { KeyObject } from "node:crypto";
import { X509Certificate } from "node:crypto";
import { CmsError } from "@muster/apple-protocol/cms/cms-error";
import { openSmime } from "@muster/apple-protocol/cms/smime";
import type { ServerToken } from "../domain/automated/automated-server.ts";
import { refuse } from "../domain/refusals.ts";

const MESSAGE = /-----BEGIN MESSAGE-----\s*([\s\S]*?)\s*-----END MESSAGE-----/;

/** Reads the token file that Apple makes for a public key (.p7m). Throws a refusal that says what to do. */
export function readServerToken(file: Uint8Array, certificatePem: string, key: KeyObject): ServerToken {
  const text = open(file, new X509Certificate(certificatePem).raw, key);
  const token = tokenIn(MESSAGE.exec(text)?.[1] ?? text);
  const at = (name: string): string => {
    const value = token[name];
    if (typeof value === "string" && value !== "") return value;
    throw refuse("automated.bad_token", `the token lacks ${name}; download it from Apple once more`);
  };
  const expiresAt = new Date(at("access_token_expiry"));
  if (Number.isNaN(expiresAt.getTime()))
    throw refuse("automated.bad_token", "the token does not say when it ends; download it from Apple once more");
  return {
    consumerKey: at("consumer_key"),
    consumerSecret: at("consumer_secret"),
    accessToken: at("access_token"),
    accessSecret: at("access_secret"),
    expiresAt,
  };
}

function open(file: Uint8Array, certificate: Buffer, key: KeyObject): string {
  try {
    return openSmime(file, { certificate, key }).toString();
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    throw refuse(
      "automated.bad_token",
      "the file is not a server token for this server's certificate; upload the certificate at Apple, and take the token from there",
      { cause: error },
    );
  }
}

function tokenIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const token: unknown = JSON.parse(text);
    if (typeof token === "object" && token !== null) return token as Readonly<Record<string, unknown>>;
  } catch {
    // The cause is left out on purpose: it may quote the token.
  }
  throw refuse("automated.bad_token", "the file holds no server token; download it from Apple once more");
}
