import { DerError } from "./der-error.ts";

/** One element: its tag byte, and its place among other bytes. These are cut out for those who ask: most elements are only passed by. */
export class DerElement {
  readonly tag: number;
  /** How many bytes it takes. */
  readonly length: number;
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #contentStart: number;
  readonly #contentEnd: number;

  constructor(bytes: Buffer, start: number, contentStart: number, contentEnd: number, end: number) {
    this.tag = bytes[start] ?? 0;
    this.length = end - start;
    this.#bytes = bytes;
    this.#start = start;
    this.#contentStart = contentStart;
    this.#contentEnd = contentEnd;
  }

  get content(): Buffer {
    return this.#bytes.subarray(this.#contentStart, this.#contentEnd);
  }

  /** Tag, length and content. */
  get whole(): Buffer {
    return this.#bytes.subarray(this.#start, this.#start + this.length);
  }
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The context-specific tag [number]; constructed unless it stands for a primitive. */
export const contextTag = (number: number, constructed = true): number => (constructed ? 0xa0 : 0x80) | number;

const CONSTRUCTED = 0x20;
const MULTI_BYTE_TAG = 0x1f;
/** As deep as BER may nest; certificates and messages need about ten. */
const DEEPEST = 32;
/** As many as one element may hold, so that a megabyte of nothings does not become a gigabyte here. */
const MOST_CHILDREN = 0x10000;

/** The element that begins at an offset. BER's indefinite lengths are read too (X.690 §8.1.3.6), since senders of CMS use them. */
export function elementAt(bytes: Buffer, offset: number, depth = 0): DerElement {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new DerError("the bytes end within an element");
  if ((tag & MULTI_BYTE_TAG) === MULTI_BYTE_TAG) throw new DerError("tags of several bytes are not read");
  if (first === 0x80) return indefinite(bytes, offset, tag, depth);
  let [length, start] = [first, offset + 2];
  if (first > 0x80) {
    const count = first & 0x7f;
    if (count > 4) throw new DerError("the length is too long");
    length = 0;
    for (let index = 0; index < count; index++) {
      const byte = bytes[start++];
      if (byte === undefined) throw new DerError("the bytes end within a length");
      length = length * 256 + byte;
    }
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError("an element is longer than what it stands in");
  return new DerElement(bytes, offset, start, end, end);
}

function indefinite(bytes: Buffer, offset: number, tag: number, depth: number): DerElement {
  if ((tag & CONSTRUCTED) === 0) throw new DerError("a primitive element has no length");
  if (depth >= DEEPEST) throw new DerError("the elements are nested too deeply");
  let at = offset + 2;
  for (;;) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) return new DerElement(bytes, offset, offset + 2, at, at + 2);
    at += elementAt(bytes, at, depth + 1).length;
  }
}

/** The one element that these bytes are. */
export function readDer(bytes: Uint8Array): DerElement {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const element = elementAt(buffer, 0);
  if (element.length !== buffer.length) throw new DerError("something follows the end");
  return element;
}

/** The elements in a constructed one, in their order. */
export function childrenOf({ content, tag }: DerElement): DerElement[] {
  if ((tag & CONSTRUCTED) === 0) throw new DerError("the element holds no others");
  const children: DerElement[] = [];
  for (let at = 0; at < content.length; ) {
    const child = elementAt(content, at);
    if (children.push(child) > MOST_CHILDREN) throw new DerError("an element holds too many others");
    at += child.length;
  }
  return children;
}

/** The element, if it is there and has this tag. */
export function expect(element: DerElement | undefined, tag: number, what: string): DerElement {
  if (element?.tag !== tag) throw new DerError(`${what} is missing or something else`);
  return element;
}

/** The bytes of an OCTET STRING, also of one in pieces as BER allows. */
export function octetsOf(element: DerElement, depth = 0): Buffer {
  if ((element.tag & CONSTRUCTED) === 0) return element.content;
  if (depth >= DEEPEST) throw new DerError("the elements are nested too deeply");
  return Buffer.concat(childrenOf(element).map((piece) => octetsOf(piece, depth + 1)));
}

/** Messages name the same few things again and again; whoever makes up others must not fill the memory. */
const KNOWN_OIDS = 500;
const knownOids = new Map<string, string>();

/** An object identifier in dotted decimals. */
export function oidOf(element: DerElement | undefined): string {
  const { content } = expect(element, TAG.oid, "an object identifier");
  if (content.length === 0 || content.length > 64) throw new DerError("an object identifier has a strange length");
  const bytes = content.toString("latin1");
  const known = knownOids.get(bytes);
  if (known !== undefined) return known;
  const dotted = dottedOf(content);
  if (knownOids.size >= KNOWN_OIDS) knownOids.clear();
  knownOids.set(bytes, dotted);
  return dotted;
}

function dottedOf(content: Buffer): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw new DerError("an object identifier is too large");
    if (byte >= 0x80) continue;
    parts.push(value);
    value = 0;
  }
  if ((content.at(-1) ?? 0) >= 0x80) throw new DerError("an object identifier ends within a number");
  const [first = 0, ...rest] = parts;
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - root * 40, ...rest].join(".");
}

/** The value of a string, whatever kind it is of. */
export function textOf({ content, tag }: DerElement): string {
  // BMPString: UTF-16, big-endian.
  if (tag === 0x1e && content.length % 2 === 0) return Buffer.from(content).swap16().toString("utf16le");
  return content.toString(tag === TAG.utf8String ? "utf8" : "latin1");
}
