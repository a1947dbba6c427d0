import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { CarveCompleted } from "@muster/contracts/gen/muster/inventory/v1/inventory_events";
import { REVISION, REVISION_KEY } from "@muster/eventbus/streams";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { eventually } from "@muster/testkit/eventually";
import { startRelayProcess } from "@muster/testkit/relay-process";
import { startTogether } from "@muster/testkit/start-together";
import { startTestBus, type TestBus } from "@muster/testkit/test-bus";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { jetstreamManager } from "@nats-io/jetstream";
import { sql } from "kysely";
import { type HeardEvent, listen } from "./listen.ts";
import { startRelay } from "./testing/start-relay.ts";

interface Nothing {
  readonly inbox: { consumer: string; event_id: string };
}

const log = createLogger("test", "silent");

describe("the backbone", () => {
  let bus: TestBus;
  let enrollment: TestDatabase<Nothing>;
  let inventory: TestDatabase<Nothing>;
  let lifecycle: Lifecycle;

  before(async () => {
    const none = await mkdtemp(join(tmpdir(), "muster-no-migrations-"));
    [bus, enrollment, inventory] = await startTogether(
      startTestBus(),
      startTestDatabase<Nothing>("enrollment", none, "own"),
      startTestDatabase<Nothing>("inventory", none, "own"),
    );
    lifecycle = new Lifecycle(log);
    startRelay({ service: "enrollment", ...enrollment, bus: bus.bus, log, lifecycle });
  });

  after(async () => {
    await lifecycle.stop();
    await Promise.all([enrollment.stop(), inventory.stop()]);
    await bus.stop();
  });

  const enroll = (deviceId: string, afterEmit: () => void = () => undefined) =>
    enrollment.database.tenant("acme", async (work) => {
      work.emit({
        type: "muster.enrollment.v1.DeviceUnenrolled",
        deviceId,
        data: { enrollment: undefined, reason: "test" },
      });
      afterEmit();
    });

  it("tells of what was committed, and of nothing that was not", async () => {
    const heard: HeardEvent[] = [];
    listen({
      bus: bus.bus,
      database: inventory.database,
      consumer: "inventory-enrollment",
      log,
      lifecycle,
      apply: async (_work, events) => void heard.push(...events),
    });
    await assert.rejects(
      enroll("never", () => {
        throw new Error("undone");
      }),
      /undone/,
    );
    for (let index = 0; index < 50; index++) await enroll(`device-${index}`);
    await eventually("50 events", async () => (heard.length >= 50 ? true : undefined));
    assert.deepEqual(
      heard.map((event) => event.deviceId),
      Array.from({ length: 50 }, (_, index) => `device-${index}`),
    );
    assert.equal(heard[0]?.tenant, "acme");
  });

  it("applies an event once though the bus tells it twice", async () => {
    const applied: string[] = [];
    let fail = true;
    listen({
      bus: bus.bus,
      database: inventory.database,
      consumer: "command-enrollment",
      log,
      lifecycle,
      batchSize: 10,
      apply: async (work, events) => {
        applied.push(...events.map((event) => event.id));
        if (fail) {
          fail = false;
          // What the failed transaction wrote is undone, so the second hearing counts.
          applied.length = 0;
          await sql`select 1/0`.execute(work.sql);
        }
      },
    });
    await eventually("all events", async () => (applied.length >= 50 ? true : undefined));
    assert.equal(new Set(applied).size, applied.length);
  });

  it("parks what cannot be used and goes on with the rest", async () => {
    const good: string[] = [];
    listen({
      bus: bus.bus,
      database: inventory.database,
      consumer: "policy-enrollment",
      log,
      lifecycle,
      apply: async (_work, events) => {
        if (events.some((event) => event.deviceId === "device-7")) throw new Error("this device is broken");
        good.push(...events.map((event) => event.deviceId));
      },
    });
    await eventually("49 events", async () => (good.length >= 49 ? true : undefined));
    const { rows } = await inventory.pool.query("select device_id, state, reason from parked_events");
    assert.deepEqual(rows, []);
    const parked = await inventory.database.system(({ sql: connection }) =>
      sql`select device_id, state, reason from parked_events`.execute(connection),
    );
    assert.deepEqual(parked.rows, [{ device_id: "device-7", state: "parked", reason: "this device is broken" }]);
  });

  it("restores a durable that was deleted, and hears nothing twice", async () => {
    const manager = await jetstreamManager(bus.bus);
    const before = await inventory.pool.query(
      "select count(*)::int as n from inbox where consumer = 'inventory-enrollment'",
    );
    await manager.consumers.delete("EVT_ENROLLMENT", "inventory-enrollment");
    await enroll("after-deletion");
    await eventually("the event after the deletion", async () => {
      const { rows } = await inventory.pool.query(
        "select count(*)::int as n from inbox where consumer = 'inventory-enrollment'",
      );
      return rows[0].n === before.rows[0].n + 1 ? true : undefined;
    });
  });

  it("starts again where a later release has declared the bus, and not where it is otherwise than anybody declared it", async () => {
    const manager = await jetstreamManager(bus.bus);
    const start = () => startRelayProcess({ databaseUrl: enrollment.url, natsUrl: bus.url });
    await manager.consumers.update("EVT_COMMAND", "enrollment-command", {
      filter_subjects: ["evt.v1.*.command.Later"],
    });
    await assert.rejects(start, /the bus is not as declared: consumer enrollment-command of stream EVT_COMMAND/);
    const { config } = await manager.streams.info("EVT_ENROLLMENT");
    const metadata = { ...config.metadata, [REVISION_KEY]: String(REVISION + 1) };
    await manager.streams.update("EVT_ENROLLMENT", { ...config, metadata });
    const started = await start();
    await started.end("SIGTERM");
    assert.match(started.log(), /the bus is as a later release declares it/);
  });

  it("drops old outbox partitions, but none that the bus was not told of", async () => {
    const partitions = async () => {
      const { rows } = await inventory.pool.query<{ relname: string }>(
        "select relname from pg_class where relname ~ '^outbox_20\\d{6}$' order by 1",
      );
      return rows.map(({ relname }) => relname);
    };
    await inventory.pool.query("select maintain_outbox(4)");
    const today = await partitions();
    assert.equal(today.length, 3);
    // With nothing to be kept, today's is old too; it goes only if it is empty or told.
    await inventory.database.tenant("acme", async (work) => {
      work.emit({
        type: "muster.inventory.v1.CarveCompleted",
        data: CarveCompleted.fromPartial({ carveId: "untold" }),
      });
    });
    await inventory.pool.query("select maintain_outbox(-1)");
    assert.deepEqual(await partitions(), today);
    await inventory.pool.query("update outbox_cursor set (xid, seq) = (select xid, seq from outbox limit 1)");
    await inventory.pool.query("select maintain_outbox(-1)");
    assert.equal((await partitions()).length, 2);
  });

  it("does not let one schema's role see another's tables", async () => {
    await assert.rejects(inventory.pool.query("select * from enrollment.outbox"), /does not exist|permission denied/);
    await assert.rejects(inventory.pool.query("create table inventory.mine (x int)"), /permission denied/);
  });
});
