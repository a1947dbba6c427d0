/** What a property list holds. Whole numbers beyond 2^53 are bigints; a dictionary has no prototype. */
export type PlistValue = string | number | bigint | boolean | Date | Uint8Array | readonly PlistValue[] | PlistDict;

export interface PlistDict {
  readonly [key: string]: PlistValue;
}

export const isDict = (value: PlistValue | undefined): value is PlistDict =>
  typeof value === "object" && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array);
