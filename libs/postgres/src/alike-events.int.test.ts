import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { eventually } from "@muster/testkit/eventually";
import { startTogether } from "@muster/testkit/start-together";
import { startTestBus, type TestBus } from "@muster/testkit/test-bus";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { MINUTE_MS, minuteOf } from "./repair/event-time.ts";
import { openOutboxDoor } from "./repair/outbox-door.ts";
import { Publisher } from "./repair/publisher.ts";
import { startRelay } from "./testing/start-relay.ts";
import { reasonIn, tellAlike } from "./testing/tell-alike.ts";

const STREAM = "EVT_ENROLLMENT";
const DEVICES = 1_500;
const log = createLogger("test", "silent");

describe("events that are alike", () => {
  let bus: TestBus;
  let database: TestDatabase<unknown>;
  const lifecycle = new Lifecycle(log);
  const told: { id: string; deviceId: string; reason: string }[] = [];

  before(async () => {
    const none = await mkdtemp(join(tmpdir(), "muster-no-migrations-"));
    [bus, database] = await startTogether(startTestBus(), startTestDatabase("enrollment", none, "own"));
    startRelay({ service: "enrollment", ...database, bus: bus.bus, log, lifecycle });
    openOutboxDoor({ service: "enrollment", pool: database.pool, bus: bus.bus, keptDays: 4, log });
  });
  after(async () => {
    await lifecycle.stop();
    await Promise.all([database.stop(), bus.stop()]);
  });

  it("come over the bus one by one, in their order", async () => {
    await eventually("a relay in office", async () => {
      const { rowCount } = await database.pool.query("select from outbox_cursor where alike_epoch = epoch");
      return rowCount === 1 ? true : undefined;
    });
    const wanted = await tellAlike(database.database, DEVICES);
    const { rows } = await database.pool.query("select from outbox_alike");
    assert.equal(rows.length, 2);
    const manager = await jetstreamManager(bus.bus);
    await eventually("the bus to be told", async () =>
      (await manager.streams.info(STREAM)).state.messages === wanted.length ? true : undefined,
    );
    const consumer = await jetstream(bus.bus).consumers.get(STREAM);
    for await (const message of await consumer.fetch({ max_messages: wanted.length })) {
      const [id, deviceId] = ["ce-id", "ce-subject"].map((name) => message.headers?.get(name) ?? "");
      told.push({ id: id ?? "", deviceId: deviceId ?? "", reason: reasonIn(message.string()) });
    }
    assert.deepEqual(
      told.map(({ deviceId, reason }) => ({ deviceId, reason })),
      wanted,
    );
    assert.equal(new Set(told.map(({ id }) => id)).size, wanted.length);
  });

  it("are found by whoever missed them, among all others", async () => {
    const ids = told.map(({ id }) => id).toSorted();
    const publisher = new Publisher(bus.bus, "enrollment", "all");
    const span = { from: minuteOf(Date.now()) - 10 * MINUTE_MS, until: minuteOf(Date.now()) + MINUTE_MS };
    assert.deepEqual(await publisher.toldIds(span), ids);
    const { digests, unheard } = await publisher.told(span, ids[99]);
    assert.equal(
      [...digests.values()].reduce((sum, { count }) => sum + count, 0),
      ids.length,
    );
    assert.equal(unheard, ids.length - 100);
    const missed = [ids[0], ids[1], ids[777], ids[1_500], ids[1_501]].map((id) => id ?? "");
    assert.deepEqual(
      (await publisher.events(missed)).map(({ body, deviceId, id }) => ({ id, deviceId, reason: reasonIn(body) })),
      missed.map((id) => told.find((event) => event.id === id)),
    );
  });

  it("share no row any more as soon as their relay ends, which tells what was under way", async () => {
    const open = await database.pool.connect();
    await open.query("begin");
    await open.query("select pg_current_xact_id()");
    const ending = lifecycle.stop();
    await eventually("the relay to say that it ends", async () => {
      const { rowCount } = await database.pool.query("select from outbox_cursor where alike_epoch is null");
      return rowCount === 1 ? true : undefined;
    });
    const wanted = await tellAlike(database.database, DEVICES);
    const { rowCount } = await database.pool.query("select from outbox_alike");
    assert.equal(rowCount, 2);
    await open.query("commit");
    open.release();
    await ending;
    const { state } = await (await jetstreamManager(bus.bus)).streams.info(STREAM);
    assert.equal(state.messages, told.length + wanted.length);
  });
});
