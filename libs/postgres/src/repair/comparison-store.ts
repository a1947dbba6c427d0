import { type RawBuilder, sql } from "kysely";
import type { ServiceDatabase } from "../service-database.ts";
import type { Digests } from "./differences.ts";
import { bitsOf, DIGEST_COLUMNS, type DigestRow, digestIn, inSpan, minuteIn, type Span } from "./digest-sql.ts";
import { lowestIdAt, MINUTE_MS } from "./event-time.ts";

/** What a comparison showed. */
export interface Finding {
  readonly behind: number;
  readonly oldestUnheard: Date | undefined;
  /** How many events were found missing this time, and how many of them were brought. */
  readonly gapsFound: number;
  readonly repaired: number;
  /** How many events that were heard the publisher does not have. */
  readonly unknown: number;
}

/** A consumer's side of the comparison. */
export class ComparisonStore<DB> {
  readonly #database: ServiceDatabase<DB>;
  readonly #consumer: string;
  readonly #publisher: string;

  constructor(database: ServiceDatabase<DB>, consumer: string, publisher: string) {
    this.#database = database;
    this.#consumer = consumer;
    this.#publisher = publisher;
  }

  /** Whether this replica is the one that compares; it stays so for a while, and has to ask again in time. */
  async hold(replica: string, seconds: number): Promise<boolean> {
    const rows = await this.#rows(sql`
      insert into comparisons as held (consumer, publisher, holder, held_until)
      values (${this.#consumer}, ${this.#publisher}, ${replica}, now() + ${seconds} * interval '1 second')
      on conflict (consumer) do update set holder = excluded.holder, held_until = excluded.held_until
        where held.holder = excluded.holder or held.held_until < now()
      returning consumer`);
    return rows.length > 0;
  }

  /** The newest event heard; empty when there is none. An id of another kind may look like one of the far future. */
  async head(now: number): Promise<string> {
    const [row] = await this.#rows<{ id: string }>(sql`
      select event_id as id from inbox where consumer = ${this.#consumer}
        and event_id < ${lowestIdAt(now + MINUTE_MS)}::uuid order by event_id desc limit 1`);
    return row?.id ?? "";
  }

  async digests(span: Span): Promise<Digests> {
    if (span.from >= span.until) return new Map();
    const rows = await this.#rows<DigestRow>(sql`
      select ${DIGEST_COLUMNS} from (
        select ${bitsOf(sql`event_id`)} from inbox
        where consumer = ${this.#consumer} and ${inSpan(sql`event_id`, span)} offset 0) as heard
      group by minute`);
    return new Map(rows.map((row) => [minuteIn(row), digestIn(row)]));
  }

  async ids(span: Span): Promise<string[]> {
    const rows = await this.#rows<{ id: string }>(sql`
      select event_id as id from inbox where consumer = ${this.#consumer} and ${inSpan(sql`event_id`, span)}
      order by event_id`);
    return rows.map(({ id }) => id);
  }

  async save({ behind, oldestUnheard, gapsFound, repaired, unknown }: Finding): Promise<void> {
    await this.#rows(sql`
      update comparisons set compared_at = now(), problem = '', behind = ${behind},
        oldest_unheard = ${oldestUnheard ?? null}, gaps_found = gaps_found + ${gapsFound},
        repaired = repaired + ${repaired}, unknown = ${unknown}
      where consumer = ${this.#consumer}`);
  }

  async fail(problem: string): Promise<void> {
    await this.#rows(sql`update comparisons set problem = ${problem} where consumer = ${this.#consumer}`);
  }

  #rows<Row>(statement: RawBuilder<unknown>): Promise<Row[]> {
    return this.#database.system(async (work) => (await statement.execute(work.sql)).rows as Row[]);
  }
}
