import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from "jose";
import type { Command } from "./command.ts";

export type Verified =
  | { readonly kind: "command"; readonly command: Command }
  /** Signed for this device, but not to be run. */
  | {
      readonly kind: "refused";
      readonly commandId: string;
      readonly notAfter: string;
      readonly state: "expired" | "refused";
      readonly reason: string;
    }
  /** Not from our server or not for us: nothing in it is believed, so nobody is told. */
  | { readonly kind: "foreign"; readonly reason: string };

export interface Verifier {
  readonly deviceId: string;
  readonly keys: JSONWebKeySet;
}

const FAR_FUTURE = "9999-12-31T00:00:00.000Z";

/** Reads a compact JWS: signature first, then audience, then time, then whether it is a command we know how to run. */
export async function verifyCommand(jws: string, { deviceId, keys }: Verifier, now: Date): Promise<Verified> {
  let command: Partial<Command> & { params?: Record<string, unknown> };
  try {
    const { payload } = await compactVerify(jws, createLocalJWKSet(keys), { algorithms: ["EdDSA", "Ed25519"] });
    command = JSON.parse(new TextDecoder().decode(payload));
  } catch (error) {
    return { kind: "foreign", reason: (error as Error).message };
  }
  const { id, notAfter = FAR_FUTURE } = command;
  if (typeof id !== "string" || id === "") return { kind: "foreign", reason: "the command has no id" };
  if (command.deviceId !== deviceId) return { kind: "foreign", reason: "the command is for another device" };
  const refused = (state: "expired" | "refused", reason: string) =>
    ({ kind: "refused", commandId: id, notAfter, state, reason }) as const;
  const limit = Date.parse(notAfter);
  if (Number.isNaN(limit)) return refused("refused", "bad_params: notAfter is not a time");
  if (limit <= now.getTime()) return refused("expired", "not_after_passed");
  const problem = problemWith(command);
  if (problem !== undefined) return refused("refused", problem);
  return { kind: "command", command: { ...command, notAfter } as Command };
}

function problemWith({ type, params }: Partial<Command> & { params?: Record<string, unknown> }): string | undefined {
  switch (type) {
    case "run_script":
      if (typeof params?.["content"] !== "string") return "bad_params: content must be text";
      if (!isPositive(params["timeoutSec"])) return "bad_params: timeoutSec must be a positive number";
      if (!isPositive(params["maxOutputBytes"])) return "bad_params: maxOutputBytes must be a positive number";
      return undefined;
    case "cancel":
      return typeof params?.["commandId"] === "string" ? undefined : "bad_params: commandId must be text";
    case "refetch":
    case "restart":
    case "shutdown":
      return undefined;
    case undefined:
    default:
      return "unknown_type";
  }
}

const isPositive = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value > 0;
