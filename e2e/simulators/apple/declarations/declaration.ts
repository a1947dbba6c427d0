export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** As the declaration-items name them, and as the paths of single declarations do. */
export const KINDS = {
  Activations: "activation",
  Configurations: "configuration",
  Assets: "asset",
  Management: "management",
} as const;
export type KindList = keyof typeof KINDS;

export interface Declaration {
  readonly kind: KindList;
  readonly type: string;
  readonly identifier: string;
  readonly serverToken: string;
  readonly payload: JsonObject;
}

export interface Reason {
  readonly code: string;
  readonly description?: string;
  readonly details?: JsonObject;
}

/** What the device makes of a declaration. */
export interface Verdict {
  readonly active: boolean;
  readonly valid: "unknown" | "invalid" | "valid";
  readonly reasons: readonly Reason[];
}

/** A declaration cannot be used, for this reason. */
export class Unusable extends Error {
  readonly reason: Reason;

  constructor(code: string, description: string, details?: JsonObject) {
    super(description);
    this.reason = { code: `Error.${code}`, description, ...(details === undefined ? {} : { details }) };
  }
}

export const keyOf = (kind: KindList, identifier: string): string => `${kind}/${identifier}`;

/** Reads one declaration. @throws Unusable when it is not what the list of items said. */
export const readDeclaration = (kind: KindList, identifier: string, body: Buffer): Declaration => {
  let value: Json;
  try {
    value = JSON.parse(body.toString()) as Json;
  } catch {
    throw new Unusable("InvalidPayload", "the declaration is not JSON");
  }
  if (!isObject(value)) throw new Unusable("InvalidPayload", "the declaration is no object");
  const { Type: type, Identifier: name, ServerToken: serverToken, Payload: payload } = value;
  if (typeof type !== "string" || typeof serverToken !== "string" || serverToken.length > 64)
    throw new Unusable("InvalidPayload", "the declaration has no Type or ServerToken");
  if (name !== identifier) throw new Unusable("InvalidPayload", "the declaration has another Identifier");
  if (!type.startsWith(`com.apple.${KINDS[kind]}.`))
    throw new Unusable("InvalidPayload", `${type} is no ${KINDS[kind]}`);
  if (!isObject(payload)) throw new Unusable("InvalidPayload", "the declaration has no Payload");
  return { kind, type, identifier, serverToken, payload };
};
