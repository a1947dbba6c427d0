/** One field as it stands on the wire: a number for varints, the bytes for everything else. */
export type WireValue = bigint | Buffer;

const readVarint = (bytes: Buffer, from: number): readonly [value: bigint, next: number] => {
  let value = 0n;
  let place = from;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[place];
    if (byte === undefined || shift > 63n) throw new RangeError("not a protobuf message: a varint does not end");
    place += 1;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return [value, place];
  }
};

/** Reads a protobuf message into its fields by number, each with all its occurrences in order. */
export const readFields = (bytes: Buffer): ReadonlyMap<number, readonly WireValue[]> => {
  const fields = new Map<number, WireValue[]>();
  let place = 0;
  while (place < bytes.length) {
    const [tag, afterTag] = readVarint(bytes, place);
    const [number, wireType] = [Number(tag >> 3n), Number(tag & 7n)];
    let value: WireValue;
    if (wireType === 0) {
      [value, place] = readVarint(bytes, afterTag);
    } else {
      const fixed = { 1: 8, 5: 4 }[wireType];
      const [length, start] = fixed === undefined ? readVarint(bytes, afterTag) : ([BigInt(fixed), afterTag] as const);
      place = start + Number(length);
      if (place > bytes.length || (fixed === undefined && wireType !== 2)) {
        throw new RangeError(`not a protobuf message: wire type ${wireType}, ${length} bytes at ${start}`);
      }
      value = bytes.subarray(start, place);
    }
    fields.set(number, [...(fields.get(number) ?? []), value]);
  }
  return fields;
};
