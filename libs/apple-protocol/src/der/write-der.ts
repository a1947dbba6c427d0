import { TAG } from "./read-der.ts";

type Part = Uint8Array;

/** An element with this tag and content. */
export function element(tag: number, ...parts: readonly Part[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  return Buffer.concat([Buffer.from([tag, ...lengthOf(length)]), ...parts]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 | bytes.length, ...bytes];
}

export const sequence = (...parts: readonly Part[]): Buffer => element(TAG.sequence, ...parts);
export const octetString = (bytes: Part): Buffer => element(TAG.octetString, bytes);
export const bitString = (bytes: Part): Buffer => element(TAG.bitString, Buffer.of(0), bytes);
export const nothing: Buffer = element(TAG.null);
export const utf8 = (text: string): Buffer => element(TAG.utf8String, Buffer.from(text));
export const printable = (text: string): Buffer => element(TAG.printableString, Buffer.from(text, "latin1"));

/** DER wants the elements of a set in the order of their bytes (X.690 §11.6). */
export const set = (...parts: readonly Part[]): Buffer =>
  element(TAG.set, ...parts.toSorted((one, other) => Buffer.compare(one, other)));

/** A whole number that is not negative, from its bytes. */
export function integer(bytes: Part): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const trimmed = bytes.subarray(start);
  return element(TAG.integer, ...((trimmed[0] ?? 0) >= 0x80 ? [Buffer.of(0), trimmed] : [trimmed]));
}

export const smallInteger = (value: number): Buffer => integer(Buffer.of(value));

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((value) => {
    const septets = [value % 128];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift((left % 128) | 0x80);
    return septets;
  });
  return element(TAG.oid, Buffer.from(bytes));
}

/** A moment, exact to the second: UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]|\..*$/g, "");
  return at.getUTCFullYear() < 2050
    ? element(TAG.utcTime, Buffer.from(`${digits.slice(2)}Z`))
    : element(TAG.generalizedTime, Buffer.from(`${digits}Z`));
}
