import { readFields, type WireValue } from "./protobuf-fields.ts";

export type Fields = ReadonlyMap<number, readonly WireValue[]>;

export const messages = (fields: Fields, number: number): Fields[] =>
  (fields.get(number) ?? []).flatMap((value) => (Buffer.isBuffer(value) ? [readFields(value)] : []));

export const bytes = (fields: Fields, number: number): Buffer => {
  const value = fields.get(number)?.at(-1);
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
};

export const number = (fields: Fields, place: number): number => Number(fields.get(place)?.at(-1) ?? 0);

export const fixed64 = (fields: Fields, place: number): bigint => {
  const value = bytes(fields, place);
  return value.length === 8 ? value.readBigUInt64LE() : 0n;
};

/** AnyValue: string 1, bool 2, int 3, double 4; lists and maps are left empty. */
export const valueText = (value: Fields | undefined): string => {
  if (value === undefined) return "";
  if (value.has(1)) return bytes(value, 1).toString();
  if (value.has(2)) return String(number(value, 2) === 1);
  if (value.has(3)) return String(BigInt.asIntN(64, value.get(3)?.at(-1) as bigint));
  return value.has(4) ? String(bytes(value, 4).readDoubleLE()) : "";
};

export const attributesOf = (fields: Fields, place: number): Record<string, string> =>
  Object.fromEntries(
    messages(fields, place).map((pair) => [bytes(pair, 1).toString(), valueText(messages(pair, 2)[0])]),
  );

/** Every batch of OTLP has the same shape: by resource, and in that by scope. */
export const recordsOf = <T>(body: Buffer, read: (service: string, record: Fields) => T): T[] =>
  messages(readFields(body), 1).flatMap((group) => {
    const [resource] = messages(group, 1);
    const service = (resource === undefined ? undefined : attributesOf(resource, 1)["service.name"]) ?? "";
    return messages(group, 2).flatMap((scope) => messages(scope, 2).map((record) => read(service, record)));
  });
