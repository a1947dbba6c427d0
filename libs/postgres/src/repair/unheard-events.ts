import { sql } from "kysely";
import type { ServiceDatabase } from "../service-database.ts";
import { HIGHEST_ID, lowestIdAt } from "./event-time.ts";

/** So many events are looked at for one answer. */
const AT_ONCE = 100_000;
/** An event's id is made in its transaction, by the clock of a service: what no open transaction can still add is older than this. */
const CLOCKS_APART_MS = 5_000;

export interface Unheard {
  readonly count: number;
  /** The first of them. */
  readonly oldest: string | undefined;
}

interface Row {
  readonly count: number;
  readonly oldest: string | null;
  readonly committed: number;
  readonly looked: number;
  readonly last: string | null;
  /** Since when the oldest transaction works that may still add events. */
  readonly since: Date | null;
}

const NOTHING: Row = { count: 0, oldest: null, committed: 0, looked: 0, last: null, since: null };

/**
 * How many events the bus was told of that a listener has not heard. What one listens to may be rare among what is told:
 * the newest that it heard is days old then, and all that was told since is nothing to it. So it is remembered up to where
 * there is nothing for those who listen to the same types, and one answer looks at so many events and no more.
 */
export class UnheardEvents {
  readonly #database: ServiceDatabase<unknown>;
  readonly #atOnce: number;
  readonly #nothing = new Map<string, { readonly after: string; readonly upTo: string }>();

  constructor(database: ServiceDatabase<unknown>, atOnce = AT_ONCE) {
    this.#database = database;
    this.#atOnce = atOnce;
  }

  /** Of these types, all when none is named, after the event `heard`. */
  async after(heard: string, types: readonly string[], now: number): Promise<Unheard> {
    const key = types.join();
    const known = this.#nothing.get(key);
    // An older one than before: the listener was set back.
    const from = known === undefined || heard < known.after || heard > known.upTo ? heard : known.upTo;
    const wanted = types.length === 0 ? sql`true` : sql`type = any(${types}::text[])`;
    const look = sql<Row>`
      select count(*) filter (where told and ${wanted})::int as count,
        min(id::text) filter (where told and ${wanted}) as oldest,
        count(*) filter (where ${wanted})::int as committed, count(*)::int as looked, max(id::text) as last,
        (select min(xact_start) from pg_stat_activity where usename = current_user and backend_xid is not null) as since
      from (select o.id, o.type, (o.xid, o.seq) <= (c.xid, c.seq) as told from outbox_events(${from}::uuid, ${HIGHEST_ID}::uuid) o, outbox_cursor c
        where o.id > ${from}::uuid order by o.id limit ${this.#atOnce}) as next`;
    const { rows } = await this.#database.system((work) => look.execute(work.sql));
    const { committed, count, last, looked, oldest, since } = rows[0] ?? NOTHING;
    if (committed === 0) {
      const settled = lowestIdAt(Math.min(since?.getTime() ?? now, now) - CLOCKS_APART_MS);
      const reached = looked < this.#atOnce || last === null || last > settled ? settled : last;
      this.#nothing.set(key, { after: heard, upTo: reached > from ? reached : from });
    }
    return { count, oldest: oldest ?? undefined };
  }
}
