import { AsyncResource } from "node:async_hooks";
import { gather } from "./gather.ts";
import type { ServiceDatabase, Work } from "./service-database.ts";

type Tenanted<DB> = Pick<ServiceDatabase<DB>, "tenant">;

/** What each transaction does first: taking the lock that all work in it needs. */
type Begin<DB> = (work: Work<DB>, tenant: string) => Promise<void>;

type Asked<DB> = (work: Work<DB>) => Promise<unknown>;
type Outcome = PromiseSettledResult<unknown>;

/** How many pieces of work share a transaction. */
const MOST = 32;
/** Once a transaction took so long, what is left goes into the next one: others wait for the locks that it holds. */
const LONG_MS = 50;

/**
 * Work on a tenant's rows that shares its transaction with what else is asked of that tenant at the same time: one wait for a
 * lock, one commit, and events that are told together. For many small changes that would otherwise stand in line, each for
 * all of that. Each is done or refused by itself; as it may run more than once, effects outside the database are to be kept out.
 */
export function sharingTransactions<DB>(database: Tenanted<DB>, begin: Begin<DB>): Tenanted<DB> {
  const lines = new Map<string, (asked: Asked<DB>) => Promise<Outcome>>();
  const lineOf = (tenant: string) => {
    const flush = (all: readonly Asked<DB>[]) => doAll(all, (left) => doSome({ database, begin, tenant, left }));
    const line = lines.get(tenant) ?? gather({ flush, maxBatch: MOST, maxWaitMs: 0, inFlight: 1 });
    lines.set(tenant, line);
    return line;
  };
  return {
    tenant: async <T>(tenant: string, work: (work: Work<DB>) => Promise<T>): Promise<T> => {
      // Its events are of the trace that asked for it, whoever runs it.
      const outcome = await lineOf(tenant)(AsyncResource.bind(work));
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value as T;
    },
  };
}

async function doAll<T>(
  all: readonly T[],
  doSome: (left: ReadonlyMap<number, T>) => Promise<ReadonlyMap<number, Outcome>>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = new Map(all.entries());
  while (left.size > 0)
    for (const [index, outcome] of await doSome(left)) {
      outcomes[index] = outcome;
      left.delete(index);
    }
  return outcomes;
}

interface Together<DB> {
  readonly database: Tenanted<DB>;
  readonly begin: Begin<DB>;
  readonly tenant: string;
  readonly left: ReadonlyMap<number, Asked<DB>>;
}

/** One transaction: the outcomes of all that were done in it, or of the one that failed, without which the others are to be done. */
async function doSome<DB>({ database, begin, tenant, left }: Together<DB>): Promise<ReadonlyMap<number, Outcome>> {
  const done = new Map<number, Outcome>();
  let running: number | undefined;
  try {
    await database.tenant(tenant, async (work) => {
      done.clear();
      await begin(work, tenant);
      const since = performance.now();
      for (const [index, asked] of left) {
        running = index;
        done.set(index, { status: "fulfilled", value: await asked(work) });
        running = undefined;
        if (performance.now() - since > LONG_MS) return;
      }
    });
    return done;
  } catch (reason) {
    const failed = running !== undefined ? [running] : (done.size > 0 ? done : left).keys();
    return new Map([...failed].map((index) => [index, { status: "rejected", reason }]));
  }
}
