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

/** What the outbox holds of a span: the lowest id of the moment it ends at is none that was made. */
export const outboxIn = ({ from, until }: Span) =>
  sql`outbox_events(${lowestIdAt(from)}::uuid, ${lowestIdAt(until)}::uuid)`;

/** An id's bits, for DIGEST_COLUMNS around it; with `offset 0` behind it, or the planner would have them made twice. */
export const bitsOf = (id: RawBuilder<unknown>) => sql`('x' || encode(uuid_send(${id}), 'hex'))::bit(128) as bits`;

/** The columns of a digest over rows that have bits, grouped by minute. */
export const DIGEST_COLUMNS = sql`
  bits::bit(48)::bigint / ${sql.raw(String(MINUTE_MS))} as minute, count(*)::int as count, bit_xor(bits)::text as sum`;

export interface DigestRow {
  readonly minute: string;
  readonly count: number;
  /** 128 binary digits. */
  readonly sum: string;
}

export const minuteIn = (row: DigestRow): number => Number(row.minute) * MINUTE_MS;

export const digestIn = (row: DigestRow): Digest => ({ count: row.count, sum: BigInt(`0b${row.sum}`) });
