import { isUtf8 } from "node:buffer";
import { asKey } from "./known-keys.ts";
import { PlistError } from "./plist-error.ts";
import type { PlistLimits } from "./read-plist.ts";
import type { PlistValue } from "./value.ts";
import { dataIn, dateIn, integerIn, isXmlText, realIn, textIn } from "./xml-scalars.ts";

interface OpenArray {
  readonly kind: "array";
  readonly items: PlistValue[];
}

interface OpenDict {
  readonly kind: "dict";
  readonly items: Record<string, PlistValue>;
  key: string | undefined;
}

type Container = OpenArray | OpenDict;

const CDATA = "<![CDATA[";
const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const EXCLAMATION = 33;
const SLASH = 47;
const LESS = 60;
const GREATER = 62;

/** No element of a property list has a longer name. */
const LONGEST_NAME = 7;

/**
 * Reads an XML property list. It is no general XML reader, and that is the point: no document type is processed, no entity
 * beyond the five of XML and numbers is known, and what the format does not have is refused.
 */
export function readXmlPlist(bytes: Buffer, limits: PlistLimits): PlistValue {
  if (!isUtf8(bytes)) throw new PlistError("the text is not UTF-8", 0);
  const text = bytes.toString("utf8");
  // Once for the whole document: to look through each of its many short texts costs more.
  if (!isXmlText(text)) throw new PlistError("the text holds what XML cannot carry", 0);
  return new XmlReader(text, limits).read();
}

class XmlReader {
  readonly #text: string;
  readonly #limits: PlistLimits;
  #at = 0;
  #values = 0;
  // The tag that was read last: there are too many to make an object of each.
  #name = "";
  #closes = false;
  #empty = false;

  constructor(text: string, limits: PlistLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  read(): PlistValue {
    if (this.#text.startsWith("\uFEFF")) this.#at = 1;
    this.#skipProlog();
    this.#tag(true);
    if (this.#name !== "plist" || this.#closes || this.#empty) throw this.#error("a property list begins with <plist>");
    const value = this.#value();
    this.#skipSpace();
    this.#tag();
    if (this.#name !== "plist" || !this.#closes) throw this.#error("a property list holds one value");
    this.#skipSpace();
    if (this.#at !== this.#text.length) throw this.#error("something follows the property list");
    return value;
  }

  /** One value. Containers stand on a stack of our own, so that depth is a number and not the machine's. */
  #value(): PlistValue {
    const stack: Container[] = [];
    let parent: Container | undefined;
    for (;;) {
      this.#skipSpace();
      this.#tag();
      let done: PlistValue;
      if (this.#closes) {
        done = this.#close(stack.pop());
        parent = stack.at(-1);
      } else if (this.#name === "key") {
        this.#key(parent);
        continue;
      } else {
        if (parent?.kind === "dict" && parent.key === undefined) throw this.#error("a value has no key");
        const opened = this.#opened(stack.length);
        if (opened === undefined) done = this.#scalar();
        else if (this.#empty) done = opened.items;
        else {
          stack.push(opened);
          parent = opened;
          continue;
        }
      }
      if (++this.#values > this.#limits.maxValues) throw this.#error("the property list holds too many values");
      if (parent === undefined) return done;
      put(parent, done);
    }
  }

  /** The container that the last tag opens, if it does. */
  #opened(depth: number): Container | undefined {
    if (this.#name !== "dict" && this.#name !== "array") return undefined;
    if (depth >= this.#limits.maxDepth) throw this.#error("the values are nested too deeply");
    if (this.#name === "array") return { kind: "array", items: [] };
    return { kind: "dict", items: Object.create(null) as Record<string, PlistValue>, key: undefined };
  }

  #close(open: Container | undefined): PlistValue {
    if (open?.kind !== this.#name) throw this.#error(`</${this.#name}> closes nothing`);
    if (open.kind === "dict" && open.key !== undefined) throw this.#error("a key has no value");
    return open.items;
  }

  #key(parent: Container | undefined): void {
    if (parent?.kind !== "dict" || parent.key !== undefined) throw this.#error("a key stands where a value is due");
    const key = asKey(textIn(this.#content(), this.#at));
    // The dictionary has no prototype: what is in it, was put there.
    if (key in parent.items) throw this.#error("a key stands twice in one dictionary");
    parent.key = key;
  }

  #scalar(): PlistValue {
    const name = this.#name;
    const content = this.#content();
    switch (name) {
      case "string":
        return textIn(content, this.#at);
      case "true":
      case "false":
        if (content !== "") throw this.#error(`<${name}> holds nothing`);
        return name === "true";
      case "integer":
        return integerIn(content, this.#at);
      case "data":
        return dataIn(content, this.#at);
      case "real":
        return realIn(content, this.#at);
      case "date":
        return dateIn(content, this.#at);
      default:
        throw this.#error("an element is none of a property list's");
    }
  }

  /** The text from the last tag up to the one that closes it, as it stands. */
  #content(): string {
    if (this.#empty) return "";
    const name = this.#name;
    const start = this.#at;
    const end = this.#text.indexOf("<", start);
    if (end < 0) throw this.#error(`<${name}> is not closed`);
    this.#at = end;
    if (this.#text.charCodeAt(end + 1) === EXCLAMATION) {
      this.#at = start;
      return this.#contentWithCdata(name);
    }
    this.#closing(name);
    return this.#text.slice(start, end);
  }

  /** Goes from piece to piece: to look for the closing tag at each would take time by the square of their number. */
  #contentWithCdata(name: string): string {
    let content = "";
    for (;;) {
      const tag = this.#text.indexOf("<", this.#at);
      if (tag < 0) throw this.#error(`<${name}> is not closed`);
      content += this.#text.slice(this.#at, tag);
      this.#at = tag;
      if (!this.#text.startsWith(CDATA, tag)) break;
      const stop = this.#text.indexOf("]]>", tag);
      if (stop < 0) throw this.#error("CDATA is not closed");
      const quoted = this.#text.slice(tag + CDATA.length, stop);
      content += quoted.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
      this.#at = stop + 3;
    }
    this.#closing(name);
    return content;
  }

  #closing(name: string): void {
    this.#tag();
    if (!this.#closes || this.#name !== name) throw this.#error(`<${name}> is not closed`);
  }

  /** The tag that begins here. The root's may say its version, which is of no interest; nothing else has attributes. */
  #tag(isRoot = false): void {
    const start = this.#at;
    if (this.#text.charCodeAt(start) !== LESS) throw this.#error("a tag is due");
    this.#closes = this.#text.charCodeAt(start + 1) === SLASH;
    const from = this.#closes ? start + 2 : start + 1;
    let to = from;
    while (isSmallLetter(this.#text.charCodeAt(to))) to++;
    if (to === from || to - from > LONGEST_NAME) throw this.#error("an element is none of a property list's");
    this.#name = this.#text.slice(from, to);
    let end = this.#afterSpace(to);
    if (isRoot && end > to) end = this.#afterAttributes(end);
    this.#empty = !this.#closes && this.#text.charCodeAt(end) === SLASH;
    if (this.#empty) end++;
    if (this.#text.charCodeAt(end) !== GREATER) throw this.#error(`<${this.#name}> is not closed, or has attributes`);
    this.#at = end + 1;
  }

  /** The XML declaration, comments and the document type, none of which says anything here. */
  #skipProlog(): void {
    for (;;) {
      this.#skipSpace();
      if (this.#text.startsWith("<?", this.#at)) this.#skipTo("?>");
      else if (this.#text.startsWith("<!DOCTYPE", this.#at)) {
        const end = this.#text.indexOf(">", this.#at);
        if (end < 0 || this.#text.slice(this.#at, end).includes("["))
          throw this.#error("a document type may declare nothing");
        this.#at = end + 1;
      } else return;
    }
  }

  /** White space and comments. */
  #skipSpace(): void {
    this.#at = this.#afterSpace(this.#at);
    while (this.#text.charCodeAt(this.#at + 1) === EXCLAMATION && this.#text.startsWith("<!--", this.#at)) {
      this.#skipTo("-->");
      this.#at = this.#afterSpace(this.#at);
    }
  }

  #afterSpace(at: number): number {
    for (;;) {
      const code = this.#text.charCodeAt(at);
      if (code !== SPACE && code !== LINE_FEED && code !== RETURN && code !== TAB) return at;
      at++;
    }
  }

  /** Where the tag ends that has attributes here. */
  #afterAttributes(at: number): number {
    const end = this.#text.indexOf(">", at);
    const isEmpty = this.#text.charCodeAt(end - 1) === SLASH;
    return isEmpty ? end - 1 : end;
  }

  #skipTo(end: string): void {
    const at = this.#text.indexOf(end, this.#at + 2);
    if (at < 0) throw this.#error(`${end} is missing`);
    this.#at = at + end.length;
  }

  #error(message: string): PlistError {
    return new PlistError(message, this.#at);
  }
}

const isSmallLetter = (code: number): boolean => code >= 97 && code <= 122;

function put(parent: Container, value: PlistValue): void {
  if (parent.kind === "array") {
    parent.items.push(value);
    return;
  }
  parent.items[parent.key ?? ""] = value;
  parent.key = undefined;
}
