import { createHash } from "node:crypto";
import type { KeyPair } from "@nats-io/nkeys";

/** What a token of NATS says, version 2 of its claims (ADR-14). */
export interface Claims {
  readonly name: string;
  /** The public key it speaks of. */
  readonly subject: string;
  /** The claims proper. */
  readonly nats: { readonly type: "operator" | "account" | "user" | "generic" } & Readonly<Record<string, unknown>>;
  /** When it ends; never when left out. */
  readonly expiresAt?: Date;
}

const HEADER = part({ typ: "JWT", alg: "ed25519-nkey" });

/** Signs claims as the JSON web token that NATS servers believe. */
export function signToken({ name, subject, nats, expiresAt }: Claims, signer: KeyPair, now: Date): string {
  const claims = {
    iat: seconds(now),
    iss: signer.getPublicKey(),
    name,
    sub: subject,
    ...(expiresAt && { exp: seconds(expiresAt) }),
    nats: { ...nats, version: 2 },
  };
  // A server takes two tokens with the same id for the same token.
  const jti = createHash("sha256").update(JSON.stringify(claims)).digest("base64url");
  const signed = `${HEADER}.${part({ jti, ...claims })}`;
  return `${signed}.${Buffer.from(signer.sign(Buffer.from(signed))).toString("base64url")}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000);
