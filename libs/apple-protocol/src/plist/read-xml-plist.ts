import { isUtf8 } from "node:buffer";
import { PlistError } from "./plist-error.ts";
import type { PlistLimits } from "./read-plist.ts";
import type { PlistValue } from "./value.ts";
import { dataIn, dateIn, integerIn, realIn, textIn } from "./xml-scalars.ts";

interface OpenArray {
  readonly kind: "array";
  readonly items: PlistValue[];
}

interface OpenDict {
  readonly kind: "dict";
  readonly dict: Record<string, PlistValue>;
  key: string | undefined;
}

type Container = OpenArray | OpenDict;

const SPACE = /[ \t\r\n]/;
const CDATA = "<![CDATA[";

/**
 * Reads an XML property list. It is no general XML reader, and that is the point: no document type is processed, no entity
 * beyond the five of XML and numbers is known, and what the format does not have is refused.
 */
export function readXmlPlist(bytes: Buffer, limits: PlistLimits): PlistValue {
  if (!isUtf8(bytes)) throw new PlistError("the text is not UTF-8", 0);
  return new XmlReader(bytes.toString("utf8"), limits).read();
}

class XmlReader {
  readonly #text: string;
  readonly #limits: PlistLimits;
  #at = 0;
  #values = 0;

  constructor(text: string, limits: PlistLimits) {
    this.#text = text;
    this.#limits = limits;
  }

  read(): PlistValue {
    if (this.#text.startsWith("\uFEFF")) this.#at = 1;
    this.#skipProlog();
    const root = this.#tag();
    if (root.name !== "plist" || root.closes || root.empty) throw this.#error("a property list begins with <plist>");
    const value = this.#value();
    this.#skipSpace();
    const end = this.#tag();
    if (end.name !== "plist" || !end.closes) throw this.#error("a property list holds one value");
    this.#skipSpace();
    if (this.#at !== this.#text.length) throw this.#error("something follows the property list");
    return value;
  }

  /** One value. Containers stand on a stack of our own, so that depth is a number and not the machine's. */
  #value(): PlistValue {
    const stack: Container[] = [];
    for (;;) {
      this.#skipSpace();
      const { attributes, closes, empty, name } = this.#tag();
      if (attributes) throw this.#error(`<${name}> has no attributes`);
      let done: PlistValue | undefined;
      if (closes) done = this.#close(stack, name);
      else if (name === "dict" || name === "array") {
        if (stack.length >= this.#limits.maxDepth) throw this.#error("the values are nested too deeply");
        const opened: Container =
          name === "dict"
            ? { kind: "dict", dict: Object.create(null) as Record<string, PlistValue>, key: undefined }
            : { kind: "array", items: [] };
        this.#expectValue(stack.at(-1));
        if (empty) done = contentOf(opened);
        else stack.push(opened);
      } else if (name === "key") this.#key(stack.at(-1), empty);
      else {
        this.#expectValue(stack.at(-1));
        done = this.#scalar(name, empty);
      }
      if (done === undefined) continue;
      if (++this.#values > this.#limits.maxValues) throw this.#error("the property list holds too many values");
      const parent = stack.at(-1);
      if (parent === undefined) return done;
      put(parent, done);
    }
  }

  #close(stack: Container[], name: string): PlistValue {
    const open = stack.pop();
    if (open?.kind !== name) throw this.#error(`</${name}> closes nothing`);
    if (open.kind === "dict" && open.key !== undefined) throw this.#error("a key has no value");
    return contentOf(open);
  }

  #key(parent: Container | undefined, empty: boolean): void {
    if (parent?.kind !== "dict" || parent.key !== undefined) throw this.#error("a key stands where a value is due");
    const key = empty ? "" : textIn(this.#content("key"), this.#at);
    if (Object.hasOwn(parent.dict, key)) throw this.#error("a key stands twice in one dictionary");
    parent.key = key;
  }

  #expectValue(parent: Container | undefined): void {
    if (parent?.kind === "dict" && parent.key === undefined) throw this.#error("a value has no key");
  }

  #scalar(name: string, empty: boolean): PlistValue {
    if (name === "true" || name === "false") {
      if (!empty && this.#content(name) !== "") throw this.#error(`<${name}> holds nothing`);
      return name === "true";
    }
    const content = empty ? "" : this.#content(name);
    switch (name) {
      case "string":
        return textIn(content, this.#at);
      case "data":
        return dataIn(content, this.#at);
      case "integer":
        return integerIn(content, this.#at);
      case "real":
        return realIn(content, this.#at);
      case "date":
        return dateIn(content, this.#at);
      default:
        throw this.#error("an element is none of a property list's");
    }
  }

  /** The text up to the closing tag, as it stands. */
  #content(name: string): string {
    const end = this.#text.indexOf("</", this.#at);
    if (end < 0) throw this.#error(`<${name}> is not closed`);
    const content = this.#text.slice(this.#at, end);
    // Text in CDATA may hold what looks like a tag.
    if (content.includes(CDATA)) return this.#contentWithCdata(name);
    this.#at = end;
    const closing = this.#tag();
    if (!closing.closes || closing.name !== name) throw this.#error(`<${name}> is not closed`);
    return content;
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
    const closing = this.#tag();
    if (!closing.closes || closing.name !== name) throw this.#error(`<${name}> is not closed`);
    return content;
  }

  /** The tag that begins here. */
  #tag(): { name: string; closes: boolean; empty: boolean; attributes: boolean } {
    if (this.#text[this.#at] !== "<") throw this.#error("a tag is due");
    const end = this.#text.indexOf(">", this.#at);
    if (end < 0) throw this.#error("a tag is not closed");
    const closes = this.#text[this.#at + 1] === "/";
    const empty = !closes && this.#text[end - 1] === "/";
    const inner = this.#text.slice(this.#at + (closes ? 2 : 1), empty ? end - 1 : end).trimEnd();
    const space = inner.search(SPACE);
    const name = space < 0 ? inner : inner.slice(0, space);
    if (name === "" || name.length > 16) throw this.#error("an element is none of a property list's");
    this.#at = end + 1;
    // The version that <plist> states is of no interest, and nothing else has attributes.
    return { name, closes, empty, attributes: space >= 0 && name !== "plist" };
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
    for (;;) {
      let code = this.#text.charCodeAt(this.#at);
      while (code === 32 || code === 10 || code === 13 || code === 9) code = this.#text.charCodeAt(++this.#at);
      if (!this.#text.startsWith("<!--", this.#at)) return;
      this.#skipTo("-->");
    }
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

const contentOf = (container: Container): PlistValue => (container.kind === "dict" ? container.dict : container.items);

function put(parent: Container, value: PlistValue): void {
  if (parent.kind === "array") {
    parent.items.push(value);
    return;
  }
  parent.dict[parent.key ?? ""] = value;
  parent.key = undefined;
}
