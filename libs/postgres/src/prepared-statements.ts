import type { PostgresPool, PostgresPoolClient } from "kysely";
import type { Pool, PoolClient } from "pg";
import { arrayLiteral } from "./array-literal.ts";
import { isPlanOutdated } from "./sqlstate.ts";

/** So often within a minute, and a statement is worth being kept by every connection that runs it. */
const OFTEN = 100;
const COUNTED_FOR_MS = 60_000;
/** A connection keeps the plan of each: they must not fill the server's memory. */
const MOST_PREPARED = 100;
const MOST_COUNTED = 2_000;
/** What works on more rows than this at once is planned for them. */
const MANY_ROWS = 1_000;

/** How many have a name. Of the whole process: several databases may be used over the same connections. */
let named = 0;

/**
 * Which statements are prepared: those that work on arrays, are run again and again, and work on few rows at a time. To read and
 * plan such a statement anew costs Postgres more than to run it. Where all of a table's rows are alike to the planner,
 * which they are to a look-up by keys, the plan that was made once is as good as any.
 */
export class PreparedStatements {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #countedSince = Number.NEGATIVE_INFINITY;

  /** The name under which connections prepare the statement; nothing when it is run as it is. */
  nameOf(text: string, values: readonly unknown[], nowMs: number): string | undefined {
    if (!isSetBased(values)) return undefined;
    const name = this.#names.get(text);
    if (name !== undefined) return name;
    if (nowMs - this.#countedSince > COUNTED_FOR_MS || this.#counts.size >= MOST_COUNTED) {
      this.#counts.clear();
      this.#countedSince = nowMs;
    }
    const count = (this.#counts.get(text) ?? 0) + 1;
    this.#counts.set(text, count);
    if (count < OFTEN || this.#names.size >= MOST_PREPARED) return undefined;
    this.#counts.delete(text);
    const made = `often_${++named}`;
    this.#names.set(text, made);
    return made;
  }

  /** What it returns has changed, by a migration: connections that prepared it cannot run it any more under this name. */
  forget(text: string): void {
    this.#names.delete(text);
  }
}

function isSetBased(values: readonly unknown[]): boolean {
  let arrays = 0;
  for (const value of values) {
    if (!Array.isArray(value)) continue;
    if (value.length > MANY_ROWS) return false;
    arrays++;
  }
  return arrays > 0;
}

/** The pool, with connections that prepare what they run often. */
export const preparing = (pool: Pool, statements: PreparedStatements): PostgresPool => ({
  connect: async () => preparingClient(await pool.connect(), statements),
  end: () => pool.end(),
  options: pool.options,
});

function preparingClient(client: PoolClient, statements: PreparedStatements): PostgresPoolClient {
  const query = async (text: string, values: readonly unknown[] = []) => {
    const name = statements.nameOf(text, values, performance.now());
    const written = values.map((value) => (Array.isArray(value) ? (arrayLiteral(value) ?? value) : value));
    if (name === undefined) return client.query(text, written);
    try {
      return await client.query({ name, text, values: written });
    } catch (error) {
      if (isPlanOutdated(error)) statements.forget(text);
      throw error;
    }
  };
  return {
    // Cursors, the other thing that a client can be asked for, are for streams, and there are none.
    query: query as unknown as PostgresPoolClient["query"],
    release: (destroy) => client.release(destroy),
  };
}
