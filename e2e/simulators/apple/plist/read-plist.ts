import { type PlistValue, Real } from "./plist-value.ts";

/** What is between `<` and `>`, with the text before it, one tag after the other. */
const TAG =
  /([^<]*)<(?:!\[CDATA\[([\s\S]*?)\]\]|!--[\s\S]*?--|\?[\s\S]*?\?|!DOCTYPE[^>]*|(\/?)([A-Za-z]+)[^>]*?(\/?))>/gy;

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescape = (text: string): string =>
  text.includes("&")
    ? text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name?: string) => {
        if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
        if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
        return NAMED[name ?? ""] ?? whole;
      })
    : text;

const leaf = (name: string, text: string): PlistValue => {
  switch (name) {
    case "string":
      return text;
    case "integer": {
      const number = Number(text);
      return Number.isSafeInteger(number) ? number : BigInt(text.trim());
    }
    case "real":
      return new Real(Number(text));
    case "true":
    case "false":
      return name === "true";
    case "date":
      return new Date(text.trim());
    case "data":
      return Buffer.from(text, "base64");
    default:
      throw new Error(`a property list has no <${name}>`);
  }
};

interface Open {
  readonly members: Record<string, PlistValue> | PlistValue[];
  key: string | undefined;
}

const put = (into: Open, value: PlistValue): void => {
  if (Array.isArray(into.members)) return void into.members.push(value);
  if (into.key === undefined) throw new Error("a value of a dictionary has no key");
  into.members[into.key] = value;
  into.key = undefined;
};

/** Reads the XML form. @throws when the text is no property list. */
export const readPlist = (source: string | Uint8Array): PlistValue => {
  const text = typeof source === "string" ? source : Buffer.from(source).toString("utf8");
  const root: Open = { members: [], key: undefined };
  const open: Open[] = [root];
  let gathered = "";
  TAG.lastIndex = 0;
  for (let match = TAG.exec(text); match !== null; match = TAG.exec(text)) {
    const [, before = "", cdata, closing, name, empty] = match;
    gathered += unescape(before);
    if (cdata !== undefined) gathered += cdata;
    if (name === undefined) continue;
    const into = open.at(-1) ?? root;
    if (name === "plist") gathered = "";
    else if (name === "dict" || name === "array") {
      if (closing === "/") open.pop();
      else {
        const members = name === "dict" ? {} : [];
        put(into, members);
        if (empty !== "/") open.push({ members, key: undefined });
      }
      gathered = "";
    } else if (closing === "/" || empty === "/") {
      if (name === "key") into.key = gathered;
      else put(into, leaf(name, gathered));
      gathered = "";
    } else gathered = "";
  }
  const [value] = root.members as PlistValue[];
  if (value === undefined || open.length !== 1) throw new Error("no property list, or one that does not end");
  return value;
};
