import { setTimeout as delay } from "node:timers/promises";
import type { EventType } from "@muster/contracts/event";
import { publishEvents } from "@muster/eventbus/publish";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { metrics } from "@muster/host/telemetry";
import type { JetStreamClient } from "@nats-io/jetstream";
import type { Pool, PoolClient } from "pg";

const BATCH = 1_000;
const IDLE_POLL_MS = 250;
const KEEP_DAYS = 4;
const MAINTAIN_EVERY_MS = 3600_000;

interface StoredEvent {
  xid: string;
  seq: string;
  id: string;
  tenant: string;
  type: EventType;
  device_id: string;
  actor: string;
  traceparent: string;
  body: string;
  created_at: Date;
}

/**
 * Tells the bus what was committed, in commit order. One relay a service works at a time: it holds an advisory lock on
 * a connection of its own, and moves the cursor only while the epoch is the one it took.
 *
 * The cursor stays behind pg_snapshot_xmin: a row of a transaction that began earlier but commits later would otherwise
 * be passed over for ever.
 */
export class Relay {
  readonly #pool: Pool;
  readonly #jetstream: JetStreamClient;
  readonly #log: Logger;
  readonly #published = metrics.getMeter("muster").createCounter("muster.relay.published", { unit: "{event}" });
  #stopped = false;
  #woken = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;

  constructor(pool: Pool, jetstream: JetStreamClient, log: Logger) {
    this.#pool = pool;
    this.#jetstream = jetstream;
    this.#log = log;
  }

  /** Says that the outbox may have something new. */
  wake(): void {
    this.#woken.resolve();
  }

  start(lifecycle: Lifecycle): void {
    this.#running = this.#run();
    lifecycle.add("relay", () => this.stop());
  }

  /** Publishes what is committed, then ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#holdOffice();
      } catch (error) {
        if (this.#stopped) return;
        this.#log.warn({ err: error }, "relay interrupted");
        await delay(200 + Math.random() * 800);
      }
    }
  }

  async #holdOffice(): Promise<void> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    try {
      if (!(await this.#elect(client))) return await this.#pause(1_000);
      const epoch = await this.#takeOffice(client);
      let maintainedAt = 0;
      for (;;) {
        if (broken !== undefined) throw broken;
        if (Date.now() - maintainedAt > MAINTAIN_EVERY_MS) {
          await client.query("select maintain_outbox($1)", [KEEP_DAYS]);
          await client.query("delete from inbox where received_at < now() - interval '15 days'");
          maintainedAt = Date.now();
        }
        const count = await this.#relayBatch(client, epoch);
        if (count === 0 && this.#stopped) return;
        if (count === 0) await this.#pause(IDLE_POLL_MS);
      }
    } finally {
      client.off("error", onError);
      // The lock belongs to the connection: closing it hands the office on.
      client.release(true);
    }
  }

  async #elect(client: PoolClient): Promise<boolean> {
    const { rows } = await client.query<{ held: boolean }>(
      "select pg_try_advisory_lock('outbox_cursor'::regclass::oid::bigint) as held",
    );
    return rows[0]?.held === true;
  }

  async #takeOffice(client: PoolClient): Promise<string> {
    const { rows } = await client.query<{ epoch: string }>(
      "update outbox_cursor set epoch = epoch + 1 returning epoch",
    );
    return rows[0]?.epoch ?? "0";
  }

  async #relayBatch(client: PoolClient, epoch: string): Promise<number> {
    this.#woken = Promise.withResolvers<void>();
    const { rows } = await client.query<StoredEvent>({
      name: "relay-read",
      text: `select o.xid::text, o.seq, o.id, o.tenant, o.type, o.device_id, o.actor, o.traceparent, o.body, o.created_at
        from outbox o, outbox_cursor c
        where (o.xid, o.seq) > (c.xid, c.seq) and o.xid < pg_snapshot_xmin(pg_current_snapshot())
        order by o.xid, o.seq limit ${BATCH}`,
    });
    const last = rows.at(-1);
    if (last === undefined) return 0;
    await publishEvents(
      this.#jetstream,
      rows.map((row) => ({ ...row, deviceId: row.device_id, time: row.created_at })),
    );
    const moved = await client.query("update outbox_cursor set xid = $1::xid8, seq = $2 where epoch = $3", [
      last.xid,
      last.seq,
      epoch,
    ]);
    if (moved.rowCount !== 1) throw new Error("another relay took over");
    this.#published.add(rows.length);
    return rows.length;
  }

  async #pause(ms: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([this.#woken.promise, delay(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
}
