import { randomBytes } from "node:crypto";
import { v7 } from "uuid";

const BYTES = 16;
/** Leaves room to count on from any beginning within the 32 bits that count. */
const BEGINNINGS = 2 ** 30;

/** New ids in the order of their making (RFC 9562, version 7). For many, drawing randomness once costs a third of drawing it for each. */
export function newIds(count: number): string[] {
  const random = randomBytes(count * BYTES);
  const msecs = Date.now();
  const beginning = count === 0 ? 0 : random.readUInt32BE() % BEGINNINGS;
  return Array.from({ length: count }, (_, place) =>
    v7({ random: random.subarray(place * BYTES, (place + 1) * BYTES), msecs, seq: beginning + place }),
  );
}
