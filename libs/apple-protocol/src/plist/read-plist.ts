import { readBinaryPlist } from "./read-binary-plist.ts";
import { readXmlPlist } from "./read-xml-plist.ts";
import type { PlistValue } from "./value.ts";

export interface PlistLimits {
  readonly maxDepth: number;
  /** How many values it may hold, keys not counted. */
  readonly maxValues: number;
}

const LIMITS: PlistLimits = { maxDepth: 64, maxValues: 200_000 };

const BINARY = Buffer.from("bplist0");

/** Reads a property list in XML or in Apple's binary form. Throws PlistError, whatever the bytes are. */
export function readPlist(bytes: Uint8Array, limits: PlistLimits = LIMITS): PlistValue {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isBinary = buffer[0] === BINARY[0] && buffer.subarray(0, BINARY.length).equals(BINARY);
  return isBinary ? readBinaryPlist(buffer, limits) : readXmlPlist(buffer, limits);
}
