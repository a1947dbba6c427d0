import { refuse } from "../domain/refusals.ts";

export type Fields = Readonly<Record<string, unknown>>;

const LONGEST_TEXT = 255;
const CONTROL_CHARACTERS = /\p{Cc}/gu;

/** The body as an object; anything else is refused. */
export function fieldsOf(body: unknown): Fields {
  if (isFields(body)) return body;
  throw refuse("enrollment.bad_request", "the body has to be a JSON object");
}

/** A part of the body that is an object, or nothing in it. */
export const partOf = (fields: Fields, name: string): Fields => {
  const part = fields[name];
  return isFields(part) ? part : {};
};

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What a machine says of itself, as text that can be stored and shown: whole numbers as they are written, everything else
 * that is no text as empty, control characters taken out, cut where no honest value is longer.
 */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== "string") return "";
  return value.slice(0, LONGEST_TEXT).replace(CONTROL_CHARACTERS, "").toWellFormed().trim();
}

/** A secret or token, exactly as it was sent. */
export function credentialOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : "";
}
