import { createPublicKey, type JsonWebKey, verify } from "node:crypto";

/** The payload of a command's JWS. */
export interface Command {
  readonly id: string;
  readonly deviceId: string;
  readonly type: "run_script" | "cancel" | "refetch" | "restart" | "shutdown";
  readonly params: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly notAfter: string;
}

export interface KeySet {
  readonly keys: readonly JsonWebKey[];
}

const decode = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString()) as unknown;

/** Reads a compact JWS (RFC 7515 §3.1) with an EdDSA signature of one of the keys (RFC 8037). @throws when none fits. */
export const readCommand = (jws: string, { keys }: KeySet): Command => {
  const [header = "", payload = "", signature = ""] = jws.split(".");
  const { alg, kid } = decode(header) as { alg?: string; kid?: string };
  if (alg !== "EdDSA") throw new Error(`a command must be signed with EdDSA, not ${alg}`);
  const fitting = keys.filter((key) => kid === undefined || key["kid"] === undefined || key["kid"] === kid);
  const signed = Buffer.from(`${header}.${payload}`);
  const valid = fitting.some((key) =>
    verify(null, signed, createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "base64url")),
  );
  if (!valid) throw new Error("no known key verifies the command's signature");
  return decode(payload) as Command;
};
