import { PlistError } from "./plist-error.ts";

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

// oxlint-disable-next-line no-control-regex -- these are what XML 1.0 cannot carry
const NOT_XML = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/** Whether XML can carry a text (XML 1.0 §2.2). What it cannot carry, a database would refuse too. */
export const isXmlText = (text: string): boolean => !NOT_XML.test(text) && text.isWellFormed();

/** Text, in which XML can carry all there is, with its entities replaced. */
export function textIn(content: string, offset: number): string {
  if (!content.includes("&")) return content;
  return content.replace(/&([^;&]{0,10});?/g, (entity, name: string) => {
    const named = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
    if (named !== undefined && entity.endsWith(";")) return named;
    const digits = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    const code = digits === null ? 0 : Number.parseInt(digits[1] ?? digits[2] ?? "", digits[1] === undefined ? 10 : 16);
    if (!entity.endsWith(";") || !isXmlCharacter(code)) throw new PlistError("an entity is not known", offset);
    return String.fromCodePoint(code);
  });
}

/** XML 1.0 §2.2. */
const isXmlCharacter = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  (code >= 0x10000 && code <= 0x10ffff);

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export function dataIn(content: string, offset: number): Buffer {
  const packed = content.replace(/[ \t\r\n]+/g, "");
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) throw new PlistError("data is not base64", offset);
  return Buffer.from(packed, "base64");
}

const INTEGER = /^([+-]?)(?:0x([0-9a-fA-F]{1,16})|([0-9]{1,20}))$/;

export function integerIn(content: string, offset: number): number | bigint {
  const match = INTEGER.exec(content.trim());
  if (match === null) throw new PlistError("an integer is none", offset);
  const digits = match[2] === undefined ? (match[3] ?? "") : `0x${match[2]}`;
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return match[1] === "-" && value !== 0 ? -value : value;
  return match[1] === "-" ? -BigInt(digits) : BigInt(digits);
}

const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?$/;
const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "+inf": Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  "+infinity": Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-infinity": Number.NEGATIVE_INFINITY,
};

export function realIn(content: string, offset: number): number {
  const text = content.trim();
  const special = text.toLowerCase();
  if (Object.hasOwn(SPECIAL, special)) return SPECIAL[special] ?? Number.NaN;
  if (text.length > 400 || !REAL.test(text)) throw new PlistError("a real number is none", offset);
  return Number(text);
}

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

export function dateIn(content: string, offset: number): Date {
  const text = content.trim();
  const date = new Date(DATE.test(text) ? text : Number.NaN);
  // A day that its month does not have would become one of the next month.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== text.replace("Z", ".000Z"))
    throw new PlistError("a date is none", offset);
  return date;
}
