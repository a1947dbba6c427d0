import { refuse } from "../refusals.ts";

/** The attributes of a SCIM resource; their names are written in any case (RFC 7643 §2.1). */
export type Attributes = Readonly<Record<string, unknown>>;

const LONGEST = 200;

export const badValue = (message: string) => refuse("scim.bad_value", message);

export function attributesOf(body: unknown): Attributes {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw badValue("the body is not a resource");
  return body as Attributes;
}

/** An attribute by its name, however that is written. */
export function attribute(attributes: Attributes, name: string): unknown {
  return Object.entries(attributes).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** Text as it may be kept; nothing for what is absent. */
export function textOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string" || value.length > LONGEST || value.includes("\0"))
    throw badValue(`${name} is text of at most ${LONGEST} characters`);
  return value.trim();
}

/** A boolean; Entra ID sends "True" and "False" as well. */
export function booleanOf(value: unknown, name: string): boolean {
  const word = String(value).toLowerCase();
  if (word !== "true" && word !== "false") throw badValue(`${name} is true or false`);
  return word === "true";
}
