import { randomBytes } from "node:crypto";
import { v7 } from "uuid";

const BYTES = 16;
/** Leaves room to count on from any beginning within the 32 bits that count. */
const BEGINNINGS = 2 ** 30;

/** The last millisecond in which ids were made, and what the next of it counts. */
let latest = { msecs: Number.NEGATIVE_INFINITY, next: 0 };

/** What Postgres knows the type by (pg_type.dat). */
const UUID_OID = 2_950;
const ARRAY_HEADER_BYTES = 20;
/** Of a byte. */
const VALUES = 256;
/** Where in its text each byte's two digits stand. */
const DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;
const DASHES = [8, 13, 18, 23] as const;
const TEXT_LENGTH = 36;
const NO_DIGIT = 0xff;
const NONE = "what should be UUIDs are none";
/** What a digit is worth, by its character code. */
const WORTH = Uint8Array.from({ length: VALUES }, (_, code) => {
  const worth = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(worth) ? NO_DIGIT : worth;
});
/** Of so many ids made by chance, the first of these bytes of two are hardly ever the same. */
const TELLING_BYTES = 5;

/**
 * Very many UUIDs as their bytes, one after another: a hundred thousand texts are as many things for the memory to look after, and
 * are read letter by letter wherever they come to.
 */
export class Uuids {
  readonly #bytes: Buffer;
  #array: Buffer | undefined;

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  static of(texts: readonly string[]): Uuids {
    const bytes = Buffer.allocUnsafe(texts.length * BYTES);
    let to = 0;
    for (const text of texts) {
      if (text.length !== TEXT_LENGTH) throw new Error(NONE);
      for (const at of DASHES) if (text[at] !== "-") throw new Error(NONE);
      for (const at of DIGITS) {
        const [high, low] = [worthAt(text, at), worthAt(text, at + 1)];
        if (high === NO_DIGIT || low === NO_DIGIT) throw new Error(NONE);
        bytes[to++] = (high << 4) | low;
      }
    }
    return new Uuids(bytes);
  }

  static inBytes(bytes: Buffer): Uuids {
    if (bytes.length % BYTES !== 0) throw new Error(`${bytes.length} bytes are no number of UUIDs`);
    return new Uuids(bytes);
  }

  static concat(parts: readonly Uuids[]): Uuids {
    return new Uuids(Buffer.concat(parts.map((part) => part.#bytes)));
  }

  /**
   * New ones in the order of their making, all that this process makes (RFC 9562, version 7, counting on within a millisecond).
   * For many, drawing randomness once costs a third of drawing it for each.
   */
  static made(count: number): Uuids {
    const random = randomBytes(count * BYTES);
    const now = Date.now();
    if (now > latest.msecs && count > 0) latest = { msecs: now, next: random.readUInt32BE() % BEGINNINGS };
    const { msecs, next: beginning } = latest;
    latest = { msecs, next: beginning + count };
    const bytes = Buffer.alloc(count * BYTES);
    for (let place = 0; place < count; place++) {
      const at = place * BYTES;
      v7({ random: random.subarray(at, at + BYTES), msecs, seq: beginning + place }, bytes, at);
    }
    return new Uuids(bytes);
  }

  get length(): number {
    return this.#bytes.length / BYTES;
  }

  slice(from: number, to = this.length): Uuids {
    return new Uuids(this.#bytes.subarray(from * BYTES, to * BYTES));
  }

  texts(): string[] {
    const hex = this.#bytes.toString("hex");
    return Array.from({ length: this.length }, (_, place) => {
      const part = (from: number, to: number) => hex.slice(place * 2 * BYTES + from, place * 2 * BYTES + to);
      return `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${part(16, 20)}-${part(20, 32)}`;
    });
  }

  /** In the order in which Postgres sorts them. */
  sorted(): Uuids {
    const bytes = this.#bytes;
    if (isInOrder(bytes)) return this;
    const nearly = inOrderOf(bytes, TELLING_BYTES);
    return new Uuids(isInOrder(nearly) ? nearly : inOrderOf(bytes, BYTES));
  }

  /** As Postgres takes an array of them in binary (array_recv): the value of a `::uuid[]`. */
  asArray(): Buffer {
    this.#array ??= this.#toArray();
    return this.#array;
  }

  #toArray(): Buffer {
    const [count, each] = [this.length, BYTES + 4];
    const array = Buffer.alloc(ARRAY_HEADER_BYTES + count * each);
    array.writeInt32BE(count === 0 ? 0 : 1, 0);
    array.writeInt32BE(UUID_OID, 8);
    if (count === 0) return array.subarray(0, 12);
    array.writeInt32BE(count, 12);
    array.writeInt32BE(1, 16);
    for (let place = 0; place < count; place++) {
      const at = ARRAY_HEADER_BYTES + place * each;
      array.writeInt32BE(BYTES, at);
      this.#bytes.copy(array, at + 4, place * BYTES, (place + 1) * BYTES);
    }
    return array;
  }
}

const worthAt = (text: string, at: number): number => WORTH[text.charCodeAt(at)] ?? NO_DIGIT;

/** The ids in the order of their first bytes. */
function inOrderOf(bytes: Buffer, first: number): Buffer {
  const sorted = Buffer.allocUnsafe(bytes.length);
  let to = 0;
  for (const from of placesInOrder(bytes, first))
    for (let byte = 0; byte < BYTES; byte++) sorted[to++] = bytes[from + byte] ?? 0;
  return sorted;
}

/** Where the ids begin, in that order. Byte by byte from the last to the first: to compare texts takes ten times as long. */
function placesInOrder(bytes: Buffer, first: number): Uint32Array {
  const count = bytes.length / BYTES;
  let [from, to] = [new Uint32Array(count), new Uint32Array(count)];
  for (let place = 0; place < count; place++) from[place] = place * BYTES;
  // Where those with each value of the byte begin: how many have a lower one.
  const next = new Uint32Array(VALUES + 1);
  for (let byte = first - 1; byte >= 0; byte--) {
    next.fill(0);
    for (let at = byte; at < bytes.length; at += BYTES) {
      const above = (bytes[at] ?? 0) + 1;
      next[above] = (next[above] ?? 0) + 1;
    }
    for (let value = 1; value < VALUES; value++) next[value] = (next[value] ?? 0) + (next[value - 1] ?? 0);
    for (const at of from) {
      const value = bytes[at + byte] ?? 0;
      const place = next[value] ?? 0;
      to[place] = at;
      next[value] = place + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Whether no id is before the one ahead of it. */
function isInOrder(bytes: Buffer): boolean {
  for (let at = BYTES; at < bytes.length; at += BYTES) {
    let byte = 0;
    while (byte < BYTES - 1 && bytes[at + byte] === bytes[at + byte - BYTES]) byte++;
    if ((bytes[at + byte] ?? 0) < (bytes[at + byte - BYTES] ?? 0)) return false;
  }
  return true;
}
