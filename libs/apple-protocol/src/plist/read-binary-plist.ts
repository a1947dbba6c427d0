import { PlistError } from "./plist-error.ts";
import type { PlistLimits } from "./read-plist.ts";
import type { PlistDict, PlistValue } from "./value.ts";
import { isXmlText } from "./xml-scalars.ts";

const TRAILER_BYTES = 32;
const HEADER_BYTES = 8;
/** As many bytes as a value and its key may take on average: writers have each text stand once, however often it is said. */
const BYTES_OF_A_VALUE = 40;
/** Seconds between 1970 and 2001, where Apple's time begins. */
const EPOCH_SECONDS = 978_307_200;

/** Reads Apple's binary property list, as CFBinaryPList.c of CoreFoundation describes it. */
export function readBinaryPlist(bytes: Buffer, limits: PlistLimits): PlistValue {
  try {
    return new BinaryReader(bytes, limits).read();
  } catch (error) {
    if (error instanceof PlistError) throw error;
    throw new PlistError("the binary property list cannot be read", 0);
  }
}

class BinaryReader {
  readonly #bytes: Buffer;
  readonly #limits: PlistLimits;
  readonly #offsetBytes: number;
  readonly #referenceBytes: number;
  readonly #count: number;
  readonly #table: number;
  readonly #root: number;
  /** The root is one. */
  #values = 1;
  /** What is copied out is bounded too: many references to one long text are a bomb. */
  #copied = 0;

  constructor(bytes: Buffer, limits: PlistLimits) {
    if (bytes.length < HEADER_BYTES + TRAILER_BYTES) throw new PlistError("the binary property list is too short", 0);
    const trailer = bytes.subarray(-TRAILER_BYTES);
    this.#bytes = bytes;
    this.#limits = limits;
    this.#offsetBytes = trailer[6] ?? 0;
    this.#referenceBytes = trailer[7] ?? 0;
    this.#count = Number(trailer.readBigUInt64BE(8));
    this.#root = Number(trailer.readBigUInt64BE(16));
    this.#table = Number(trailer.readBigUInt64BE(24));
    const sizes = [this.#offsetBytes, this.#referenceBytes];
    if (sizes.some((size) => size < 1 || size > 6)) throw new PlistError("a size in the trailer makes no sense", 0);
    if (this.#table + this.#count * this.#offsetBytes > bytes.length - TRAILER_BYTES)
      throw new PlistError("the table of objects is cut off", 0);
  }

  read(): PlistValue {
    return this.#object(this.#root, 0);
  }

  #object(reference: number, depth: number): PlistValue {
    if (depth > this.#limits.maxDepth) throw new PlistError("the values are nested too deeply", 0);
    if (reference >= this.#count) throw new PlistError("a reference leads nowhere", 0);
    const at = this.#bytes.readUIntBE(this.#table + reference * this.#offsetBytes, this.#offsetBytes);
    const marker = this.#bytes.readUInt8(at);
    const [kind, low] = [marker >> 4, marker & 0x0f];
    switch (kind) {
      case 0x0:
        if (low === 8 || low === 9) return low === 9;
        throw new PlistError("an object is none of a property list's", at);
      case 0x1:
        return this.#integer(at + 1, 2 ** low);
      case 0x2:
        return low === 2 ? this.#bytes.readFloatBE(at + 1) : this.#bytes.readDoubleBE(at + 1);
      case 0x3:
        return dateOf(this.#bytes.readDoubleBE(at + 1), at);
      case 0x4:
        return Buffer.from(this.#slice(at, low, 1));
      case 0x5:
        return text(this.#slice(at, low, 1).toString("latin1"), at);
      case 0x6:
        return text(
          Buffer.from(this.#slice(at, low, 2))
            .swap16()
            .toString("utf16le"),
          at,
        );
      case 0xa:
        return this.#references(at, low, 1).map((each) => this.#object(each, depth + 1));
      case 0xd:
        return this.#dictionary(at, low, depth);
      default:
        throw new PlistError("an object is none of a property list's", at);
    }
  }

  #dictionary(at: number, low: number, depth: number): PlistDict {
    const references = this.#references(at, low, 2);
    const dict = Object.create(null) as Record<string, PlistValue>;
    const size = references.length / 2;
    for (let index = 0; index < size; index++) {
      const key = this.#object(references[index] ?? 0, depth + 1);
      if (typeof key !== "string" || Object.hasOwn(dict, key))
        throw new PlistError("a key is none, or stands twice", at);
      dict[key] = this.#object(references[size + index] ?? 0, depth + 1);
    }
    return dict;
  }

  #integer(at: number, size: number): number | bigint {
    if (size < 8) return this.#bytes.readUIntBE(at, size);
    if (size > 16) throw new PlistError("an integer is too long", at);
    // Sixteen bytes hold what does not fit into eight with a sign.
    const value =
      size === 8
        ? this.#bytes.readBigInt64BE(at)
        : BigInt.asIntN(128, (this.#bytes.readBigUInt64BE(at) << 64n) | this.#bytes.readBigUInt64BE(at + 8));
    return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
  }

  /** Where the content of an object begins, and of how many things it is made. */
  #extent(at: number, low: number): { start: number; count: number } {
    if (low !== 0x0f) return { start: at + 1, count: low };
    const marker = this.#bytes.readUInt8(at + 1);
    if (marker >> 4 !== 1 || (marker & 0x0f) > 3) throw new PlistError("a length is none", at);
    const size = 2 ** (marker & 0x0f);
    return { start: at + 2 + size, count: Number(this.#integer(at + 2, size)) };
  }

  #slice(at: number, low: number, width: number): Buffer {
    const { count, start } = this.#extent(at, low);
    const end = start + count * width;
    this.#copied += count * width;
    const most = this.#bytes.length + this.#limits.maxValues * BYTES_OF_A_VALUE;
    if (!(count >= 0) || end > this.#table || this.#copied > most)
      throw new PlistError("an object is longer than the property list", at);
    return this.#bytes.subarray(start, end);
  }

  /** Counted before they are read: containers may overlap, and each may claim to hold the rest of the file. */
  #references(at: number, low: number, each: number): number[] {
    const { count, start } = this.#extent(at, low);
    const total = count * each;
    if (!(count >= 0) || start + total * this.#referenceBytes > this.#table)
      throw new PlistError("an object is longer than the property list", at);
    this.#values += total;
    if (this.#values > this.#limits.maxValues) throw new PlistError("the property list holds too many values", at);
    return Array.from({ length: total }, (_, index) =>
      this.#bytes.readUIntBE(start + index * this.#referenceBytes, this.#referenceBytes),
    );
  }
}

function text(value: string, at: number): string {
  if (!isXmlText(value)) throw new PlistError("text holds what XML cannot carry", at);
  return value;
}

function dateOf(seconds: number, at: number): Date {
  const date = new Date((seconds + EPOCH_SECONDS) * 1_000);
  if (Number.isNaN(date.getTime())) throw new PlistError("a date is none", at);
  return date;
}
