import type { PlistValue } from "../plist/value.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * A property list as JSON: data is base64, a date is RFC 3339, a whole number beyond 2^53 is text, and a number that JSON
 * does not have is null.
 */
export function toJson(value: PlistValue): Json {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object") return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((each: PlistValue) => toJson(each));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]));
}
