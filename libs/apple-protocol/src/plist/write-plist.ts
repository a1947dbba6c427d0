import type { PlistValue } from "./value.ts";
import { isXmlText } from "./xml-scalars.ts";

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">';

/** What can be written: a value whose dictionaries may have entries that are not set, which are left out. */
export type Writable = Exclude<PlistValue, object> | Date | Uint8Array | readonly Writable[] | WritableDict;

export interface WritableDict {
  readonly [key: string]: Writable | undefined;
}

/** An XML property list, keys in the order given. Throws when a text holds what XML cannot carry. */
export const writePlist = (value: Writable): Buffer => Buffer.from(`${HEAD}${write(value)}</plist>\n`);

function write(value: Writable): string {
  if (typeof value === "string") return `<string>${escape(value)}</string>`;
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? `<integer>${value}</integer>` : `<real>${value}</real>`;
  if (typeof value === "bigint") return `<integer>${value}</integer>`;
  if (typeof value === "boolean") return value ? "<true/>" : "<false/>";
  return writeObject(value);
}

function writeObject(value: Date | Uint8Array | readonly Writable[] | WritableDict): string {
  if (value instanceof Uint8Array) return `<data>${base64(value)}</data>`;
  if (value instanceof Date) return `<date>${value.toISOString().slice(0, 19)}Z</date>`;
  if (isList(value)) return `<array>${value.map(write).join("")}</array>`;
  let entries = "";
  for (const [key, entry] of Object.entries(value)) {
    if (entry !== undefined) entries += `<key>${escape(key)}</key>${write(entry)}`;
  }
  return `<dict>${entries}</dict>`;
}

const isList = (value: readonly Writable[] | WritableDict): value is readonly Writable[] => Array.isArray(value);

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

const SPECIAL = /[&<>\r]/;

function escape(text: string): string {
  if (!isXmlText(text)) throw new RangeError("a property list cannot carry this text");
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
}
