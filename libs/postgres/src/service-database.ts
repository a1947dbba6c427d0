import { setTimeout as delay } from "node:timers/promises";
import { Kysely, sql, type Transaction } from "kysely";
import type { Pool } from "pg";
import {
  type AlikeEvents,
  insertAlike,
  insertEvents,
  type NewEvent,
  type OutboxRow,
  type PreparedAlike,
  prepareAlike,
  prepareEvent,
} from "./outbox.ts";
import { PreparedStatements } from "./prepared-statements.ts";
import { Rendezvous } from "./rendezvous.ts";
import { isTransient } from "./sqlstate.ts";
import { ALL_TENANTS, TenantDialect } from "./tenant-dialect.ts";

/** One transaction: its statements, and the events that are told if, and only if, it commits. */
export interface Work<DB> {
  readonly sql: Transaction<DB>;
  emit<T extends NewEvent["type"]>(event: NewEvent<T>): void;
  /** The same event about many devices, at a fraction of the cost. */
  emitAlike<T extends NewEvent["type"]>(events: AlikeEvents<T>): void;
  /** Done when it has committed, and not otherwise; for what may be lost. */
  afterCommit(effect: () => void): void;
}

const ATTEMPTS = 4;
/** Transactions that wait for each other before they commit wait no longer than this for a lock. */
const LOCK_TIMEOUT_MS = 1_000;

/** A service's own schema. All work on it is a transaction that names its tenant; row-level security holds it to that. */
export class ServiceDatabase<DB> {
  readonly #pool: Pool;
  // Apart: a plan is kept as it was made, and those for all tenants are made to go by an index.
  readonly #ofOneTenant = new PreparedStatements();
  readonly #ofAllTenants = new PreparedStatements();
  #onEmitted: () => void = () => undefined;
  #together: Promise<unknown> = Promise.resolve();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Who is told, after each commit, that the outbox has something new. */
  onEmitted(listener: () => void): void {
    this.#onEmitted = listener;
  }

  /** Work on one tenant's rows. It may run more than once: keep effects outside the database out of it. */
  tenant<T>(tenant: string, work: (work: Work<DB>) => Promise<T>): Promise<T> {
    return this.#run(tenant, work);
  }

  /** Work on all tenants' rows: sweeps and projections, which find them by an index. Each event it emits names its tenant. */
  system<T>(work: (work: Work<DB>) => Promise<T>): Promise<T> {
    return this.#run(ALL_TENANTS, work);
  }

  /**
   * Several transactions of a tenant at once, on a connection each: none commits before all have done their work, and when one fails
   * none is kept. Only a commit itself can still fail for one of them and not for another. None is tried again: another
   * transaction may wait for one of them and hold what another of them wants, a circle that Postgres cannot see, so that
   * a lock is not waited for for long.
   */
  together<T>(tenant: string, works: readonly ((work: Work<DB>) => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
    const begin = (): Promise<PromiseSettledResult<T>[]> => {
      const rendezvous = new Rendezvous(works.length);
      const each = async (work: (work: Work<DB>) => Promise<T>): Promise<T> => {
        try {
          return await this.#once(tenant, impatient(work), () => rendezvous.arrive());
        } catch (error) {
          rendezvous.breakUp(error);
          throw error;
        }
      };
      return Promise.allSettled(works.map(each));
    };
    // One after another: if many held one connection each and waited for the next, all could wait for ever.
    const done = this.#together.then(begin);
    this.#together = done;
    return done;
  }

  async #run<T>(tenant: string, work: (work: Work<DB>) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(tenant, work);
      } catch (error) {
        if (attempt === ATTEMPTS || !isTransient(error)) throw error;
        await delay(Math.random() * 50 * 2 ** attempt);
      }
    }
  }

  async #once<T>(tenant: string, work: (work: Work<DB>) => Promise<T>, beforeCommit?: () => Promise<void>): Promise<T> {
    // In the order in which they are emitted, those that are alike and those that are not.
    const told: (OutboxRow[] | PreparedAlike)[] = [];
    const tell = (row: OutboxRow): void => {
      const last = told.at(-1);
      if (Array.isArray(last)) last.push(row);
      else told.push([row]);
    };
    const effects: (() => void)[] = [];
    const statements = tenant === ALL_TENANTS ? this.#ofAllTenants : this.#ofOneTenant;
    const database = new Kysely<DB>({ dialect: new TenantDialect(this.#pool, tenant, statements) });
    const result = await database.transaction().execute(async (transaction) => {
      const value = await work({
        sql: transaction,
        emit: (event) => tell(prepareEvent(event, tenant)),
        emitAlike: (event) => event.deviceIds.length > 0 && told.push(prepareAlike(event, tenant)),
        afterCommit: (effect) => effects.push(effect),
      });
      for (const each of told)
        await (Array.isArray(each) ? insertEvents(transaction, each) : insertAlike(transaction, each));
      await beforeCommit?.();
      return value;
    });
    if (told.length > 0) this.#onEmitted();
    for (const effect of effects) effect();
    return result;
  }
}

const impatient =
  <DB, T>(work: (work: Work<DB>) => Promise<T>) =>
  async (held: Work<DB>): Promise<T> => {
    await sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true)`.execute(held.sql);
    return work(held);
  };
