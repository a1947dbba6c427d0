/** RFC 9562 §5.7: the first 48 bits of a UUID of version 7 are milliseconds since 1970. */
export const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** The lowest id that can have been made at this time: a span of time is a range of ids. */
export function lowestIdAt(ms: number): string {
  const hex = Math.max(0, Math.trunc(ms)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** No id is higher (RFC 9562 §5.10). */
export const HIGHEST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

export const MINUTE_MS = 60_000;

export const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;
