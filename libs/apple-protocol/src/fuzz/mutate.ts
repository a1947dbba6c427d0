/** Whole numbers below a bound, the same ones for the same seed (a linear congruence, its upper bits). */
export function numbersFrom(seed: number): (bound: number) => number {
  let state = BigInt(seed);
  return (bound) => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(((state >> 32n) * BigInt(bound)) >> 32n);
  };
}

/** Bytes at which readers go wrong: lengths without end and of several bytes, tags, the ends of XML's and BER's elements. */
const TELLING = Buffer.from("00017f80818284ff3031a0043c3e262f22", "hex");

type Change = (bytes: Buffer, below: (bound: number) => number) => Buffer;

const CHANGES: readonly Change[] = [
  (bytes, below) => {
    const changed = Buffer.from(bytes);
    const at = below(bytes.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << below(8));
    return changed;
  },
  (bytes, below) => {
    const changed = Buffer.from(bytes);
    changed[below(bytes.length)] = TELLING[below(TELLING.length)] ?? 0;
    return changed;
  },
  (bytes, below) => bytes.subarray(0, below(bytes.length)),
  // A piece is left out, or stands once more somewhere else.
  (bytes, below) => {
    const at = below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(16))]);
  },
  (bytes, below) => {
    const [from, to] = [below(bytes.length), below(bytes.length)];
    const piece = bytes.subarray(from, from + 1 + below(64));
    return Buffer.concat([bytes.subarray(0, to), piece, bytes.subarray(to)]);
  },
];

/** The bytes with one to four things about them changed. */
export function mutate(bytes: Buffer, below: (bound: number) => number): Buffer {
  let changed = bytes;
  for (let left = 1 + below(4); left > 0 && changed.length > 0; left--)
    changed = CHANGES[below(CHANGES.length)]?.(changed, below) ?? changed;
  return changed;
}
