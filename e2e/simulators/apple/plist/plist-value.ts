/** A number that is written as `<real>` even when it has no fraction, as capacities are. */
export class Real {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Read integers are numbers, and bigints where a number would lose digits; read reals are `Real`. */
export type PlistValue = string | number | bigint | boolean | Date | Real | Uint8Array | readonly PlistValue[] | Plist;

/** A dictionary. Members that are undefined are not written. */
export interface Plist {
  readonly [key: string]: PlistValue | undefined;
}

export const isPlist = (value: PlistValue | undefined): value is Plist =>
  typeof value === "object" &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof Real) &&
  !(value instanceof Uint8Array);

export const textOf = (value: PlistValue | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

export const listOf = (value: PlistValue | undefined): readonly PlistValue[] =>
  Array.isArray(value) ? (value as readonly PlistValue[]) : [];

export const dataOf = (value: PlistValue | undefined): Buffer | undefined =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : undefined;

export const plistOf = (value: PlistValue | undefined): Plist => (isPlist(value) ? value : {});

/** The strings of a list. */
export const textsOf = (value: PlistValue | undefined): readonly string[] =>
  listOf(value).filter((member) => typeof member === "string");
