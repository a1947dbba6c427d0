import type { ServiceDatabase } from "@muster/postgres/service-database";
import { sql } from "kysely";
import type { RateLimit } from "../domain/rate-limit.ts";
import { hashSecret } from "../domain/secrets.ts";
import type { GatewayTables } from "./tables.ts";

/** Callers that took less than this part of a second's worth are no matter for other replicas yet. */
const LEAST_PART = 0.05;

/**
 * Brings together what keys took in each replica, in one statement for all of them and none when nobody took anything: every
 * second or so, never with a request. In between a replica knows only its own: together they may let through a burst each,
 * which is then owed, so that over time the rate is that of one.
 */
export const shareRate =
  (database: ServiceDatabase<GatewayTables>, of: string, rate: RateLimit) => async (): Promise<void> => {
    const { burst, perSecond } = rate.options;
    const untold = rate.untold(Math.max(1, perSecond * LEAST_PART));
    if (untold.size === 0) return;
    const keys = new Map([...untold.keys()].map((key) => [hashSecret(`${of} ${key}`).toString("hex"), key]));
    // In the order of the keys, so that no two replicas wait for each other.
    const { rows } = await database.system((work) =>
      sql<{ hash: string; owed: number }>`
        insert into attempts as a (key, whole_at)
        select decode(t.key, 'hex'), now() + make_interval(secs => t.taken / ${perSecond}::float8)
        from unnest(${[...keys.keys()]}::text[], ${[...keys.values()].map((key) => untold.get(key) ?? 0)}::float8[])
          as t (key, taken)
        order by 1
        on conflict (key) do update set whole_at = greatest(a.whole_at, now()) + (excluded.whole_at - now())
        returning encode(key, 'hex') as hash, extract(epoch from whole_at - now())::float8 as owed`.execute(work.sql),
    );
    const now = new Date();
    for (const { hash, owed } of rows) {
      const key = keys.get(hash) ?? "";
      rate.settle(key, untold.get(key) ?? 0, burst - owed * perSecond, now);
    }
  };
