import { createHmac } from "node:crypto";

const SECRET_PREFIX = "whsec_";
export const SECRET_BYTES = 32;

/** A secret as its receiver configures it. */
export const secretText = (secret: Buffer): string => SECRET_PREFIX + secret.toString("base64");

/** The webhook-signature header of Standard Webhooks 1.0.0: one signature for each secret that is in force. */
export function signatureOf(secrets: readonly Buffer[], id: string, timestampSec: number, body: string): string {
  return secrets
    .map((secret) => `v1,${createHmac("sha256", secret).update(`${id}.${timestampSec}.${body}`).digest("base64")}`)
    .join(" ");
}
