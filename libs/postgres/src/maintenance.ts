import { setTimeout as delay } from "node:timers/promises";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import type { Pool } from "pg";

const EVERY_MS = 3600_000;
const INBOX_DAYS = 15;

/** Makes room in the outbox for the coming days, and drops what is old, now and each hour; each replica may. */
export function startMaintenance(pool: Pool, outboxDays: number, log: Logger, lifecycle: Lifecycle): void {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await maintain(pool, outboxDays);
      } catch (error) {
        log.warn({ err: error }, "outbox and inbox were not maintained; it is tried again in an hour");
      }
      await delay(EVERY_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  })();
  lifecycle.add("maintenance", async () => {
    stopping.abort();
    await running;
  });
}

export async function maintain(pool: Pool, outboxDays: number): Promise<void> {
  const client = await pool.connect();
  try {
    // After days without a partition there may be much to move.
    await client.query(`set statement_timeout to '10min'`);
    await client.query("select maintain_outbox($1)", [outboxDays]);
    await client.query(
      `delete from outbox_alike a using outbox_cursor c
       where a.created_at < current_date - $1::int and (a.xid, a.seq) <= (c.xid, c.seq)`,
      [outboxDays],
    );
    await client.query("delete from inbox where received_at < now() - make_interval(days => $1)", [INBOX_DAYS]);
  } finally {
    client.release(true);
  }
}
