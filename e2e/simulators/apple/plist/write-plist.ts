import { type PlistValue, Real } from "./plist-value.ts";

const HEAD =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
  '<plist version="1.0">\n';

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const escape = (text: string): string => (/[&<>]/.test(text) ? text.replace(/[&<>]/g, (c) => ENTITIES[c] ?? c) : text);

const write = (value: PlistValue): string => {
  if (typeof value === "string") return `<string>${escape(value)}</string>\n`;
  if (typeof value === "boolean") return value ? "<true/>\n" : "<false/>\n";
  if (typeof value === "bigint") return `<integer>${value}</integer>\n`;
  if (typeof value === "number")
    return Number.isInteger(value) ? `<integer>${value}</integer>\n` : `<real>${value}</real>\n`;
  if (value instanceof Real) return `<real>${value.value}</real>\n`;
  if (value instanceof Date) return `<date>${value.toISOString().slice(0, 19)}Z</date>\n`;
  if (value instanceof Uint8Array) return `<data>${Buffer.from(value).toString("base64")}</data>\n`;
  if (Array.isArray(value)) return `<array>\n${(value as readonly PlistValue[]).map(write).join("")}</array>\n`;
  let text = "<dict>\n";
  for (const [key, member] of Object.entries(value))
    if (member !== undefined) text += `<key>${escape(key)}</key>\n${write(member)}`;
  return `${text}</dict>\n`;
};

export const writePlist = (value: PlistValue): string => `${HEAD}${write(value)}</plist>\n`;
