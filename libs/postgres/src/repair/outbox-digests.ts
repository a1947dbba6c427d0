import { sql } from "kysely";
import type { ServiceDatabase } from "../service-database.ts";
import { addDigests, type Digest, type Digests } from "./differences.ts";
import { bitsOf, DIGEST_COLUMNS, type DigestRow, digestIn, minuteIn, outboxIn, type Span } from "./digest-sql.ts";
import { MINUTE_MS } from "./event-time.ts";

/** A minute of this age changes no more, but for transactions that take longer than any statement may. */
const CLOSED_MS = 15 * MINUTE_MS;
/** And should it change, it is noticed after this time. */
const REMEMBERED_MS = 30 * MINUTE_MS;
/** Within this time all listeners ask for a minute that has just settled: one that is younger is remembered for so long. */
const ASKED_WITHIN_MS = 5_000;

interface Remembered {
  readonly byType: ReadonlyMap<string, Digest>;
  readonly until: number;
}

/**
 * The digests of what the bus was told. They are remembered for each type, so that the listeners of a service, who ask for
 * different types, cost one look together. A minute that changed meanwhile differs from what was heard: then its ids are asked for.
 */
export class OutboxDigests {
  readonly #database: ServiceDatabase<unknown>;
  readonly #remembered = new Map<number, Remembered>();

  constructor(database: ServiceDatabase<unknown>) {
    this.#database = database;
  }

  async of(span: Span, types: readonly string[], now: number): Promise<Digests> {
    const found = await this.#byType(span, now);
    const digests = new Map<number, Digest>();
    for (const [minute, byType] of found) {
      for (const [type, digest] of byType) {
        if (types.length > 0 && !types.includes(type)) continue;
        digests.set(minute, addDigests(digests.get(minute), digest));
      }
    }
    return digests;
  }

  async #byType({ from, until }: Span, now: number): Promise<Map<number, ReadonlyMap<string, Digest>>> {
    const minutes = Array.from({ length: (until - from) / MINUTE_MS }, (_, index) => from + index * MINUTE_MS);
    const known = new Map<number, ReadonlyMap<string, Digest>>();
    const unknown: number[] = [];
    for (const minute of minutes) {
      const remembered = this.#remembered.get(minute);
      if (remembered !== undefined && remembered.until > now) known.set(minute, remembered.byType);
      else unknown.push(minute);
    }
    const [first, last] = [unknown[0], unknown.at(-1)];
    if (first === undefined || last === undefined) return known;
    const read = await this.#read({ from: first, until: last + MINUTE_MS });
    for (const minute of unknown) {
      const byType = read.get(minute) ?? new Map<string, Digest>();
      known.set(minute, byType);
      const isClosed = minute + CLOSED_MS < now;
      this.#remembered.set(minute, { byType, until: now + (isClosed ? REMEMBERED_MS : ASKED_WITHIN_MS) });
    }
    for (const [minute, { until }] of this.#remembered) if (until <= now) this.#remembered.delete(minute);
    return known;
  }

  async #read(span: Span): Promise<Map<number, Map<string, Digest>>> {
    const digests = sql<DigestRow & { type: string }>`
      select type, ${DIGEST_COLUMNS} from (
        select o.type, ${bitsOf(sql`o.id`)} from ${outboxIn(span)} o, outbox_cursor c
        where (o.xid, o.seq) <= (c.xid, c.seq) offset 0) as told
      group by type, minute`;
    const { rows } = await this.#database.system((work) => digests.execute(work.sql));
    const minutes = new Map<number, Map<string, Digest>>();
    for (const row of rows) {
      const byType = minutes.get(minuteIn(row)) ?? new Map<string, Digest>();
      minutes.set(minuteIn(row), byType.set(row.type, digestIn(row)));
    }
    return minutes;
  }
}
