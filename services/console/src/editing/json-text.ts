/** Settings that other programs define, as a form has them written. */
export type Json = Readonly<Record<string, unknown>>;

export const writeJson = (value: Json): string => JSON.stringify(value, undefined, 2);

/** What was written in a field that is named so; refused with that name when it is no object in JSON. */
export function readJson(field: string, text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${field} is not JSON: look for a comma or quote that is missing.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error(`${field} has to be an object: { … }.`);
  return value as Json;
}
