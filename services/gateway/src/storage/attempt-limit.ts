import type { ServiceDatabase } from "@muster/postgres/service-database";
import { sql } from "kysely";
import { hashSecret } from "../domain/secrets.ts";
import type { GatewayTables } from "./tables.ts";

type Database = ServiceDatabase<GatewayTables>;

export interface AttemptLimitOptions {
  /** What is limited, such as "account". */
  readonly of: string;
  /** How long it takes until one attempt is given back, in seconds. */
  readonly everySec: number;
  /** How many at once after a time of rest. */
  readonly burst: number;
}

/**
 * Lets each key through at a rate, with a burst after rest, whichever replica is asked. A statement each: for sign-ins, not
 * for requests.
 */
export class AttemptLimit {
  readonly #database: Database;
  readonly #options: AttemptLimitOptions;

  constructor(database: Database, options: AttemptLimitOptions) {
    this.#database = database;
    this.#options = options;
  }

  /**
   * Takes one, for good whatever the caller's transaction comes to; answers 0 when that is allowed, else after how many
   * seconds it will be.
   */
  async take(key: string, now: Date): Promise<number> {
    const { burst, everySec } = this.#options;
    const hash = this.#hash(key);
    return this.#database.system(async (work) => {
      const one = sql`make_interval(secs => ${everySec})`;
      const all = sql`make_interval(secs => ${everySec * burst})`;
      const { rows: taken } = await sql`
        insert into attempts as a (key, whole_at) values (${hash}, ${now}::timestamptz + ${one})
        on conflict (key) do update set whole_at = greatest(a.whole_at, ${now}) + ${one}
          where greatest(a.whole_at, ${now}) + ${one} <= ${now}::timestamptz + ${all}
        returning key`.execute(work.sql);
      if (taken.length > 0) return 0;
      const { rows } = await sql<{ wait: number }>`
        select ceil(extract(epoch from whole_at + ${one} - ${now}::timestamptz - ${all}))::int as wait
        from attempts where key = ${hash}`.execute(work.sql);
      return Math.max(1, rows[0]?.wait ?? 1);
    });
  }

  /** Forgets what a key took. */
  async forgive(key: string): Promise<void> {
    await this.#database.system((work) => work.sql.deleteFrom("attempts").where("key", "=", this.#hash(key)).execute());
  }

  #hash(key: string): Buffer {
    return hashSecret(`${this.#options.of} ${key.trim().toLowerCase()}`);
  }
}
