import type { RawBuilder } from "kysely";
import { sql } from "kysely";
import type { Digest } from "./differences.ts";
import { lowestIdAt, MINUTE_MS } from "./event-time.ts";

/** Events made in a span of time, in milliseconds since 1970; the end is not part of it. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export const inSpan = (id: RawBuilder<unknown>, { from, until }: Span) =>
  sql`${id} >= ${lowestIdAt(from)}::uuid and ${id} < ${lowestIdAt(until)}::uuid`;

/** The columns of a digest over rows that have `id`, grouped by minute. */
export const digestColumns = (id: RawBuilder<unknown>) => sql`
  ((('x' || substr(replace(${id}::text, '-', ''), 1, 12))::bit(48)::bigint) / ${sql.raw(String(MINUTE_MS))}) as minute,
  count(*)::int as count, bit_xor(('x' || replace(${id}::text, '-', ''))::bit(128))::text as sum`;

export interface DigestRow {
  readonly minute: string;
  readonly count: number;
  /** 128 binary digits. */
  readonly sum: string;
}

export const minuteIn = (row: DigestRow): number => Number(row.minute) * MINUTE_MS;

export const digestIn = (row: DigestRow): Digest => ({ count: row.count, sum: BigInt(`0b${row.sum}`) });
