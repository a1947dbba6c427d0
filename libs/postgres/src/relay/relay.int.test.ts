import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { OUT_OF_TURN_HEADER, publishEvents } from "@muster/eventbus/publish";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { eventually } from "@muster/testkit/eventually";
import { startRelayProcess } from "@muster/testkit/relay-process";
import { startTogether } from "@muster/testkit/start-together";
import { startTestBus, type TestBus } from "@muster/testkit/test-bus";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { type JetStreamManager, type JsMsg, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { headers as natsHeaders } from "@nats-io/transport-node";
import { LARGEST_BODY_BYTES } from "../outbox.ts";
import { startRelay } from "../testing/start-relay.ts";
import { OutboxRows } from "./outbox-rows.ts";

const STREAM = "EVT_ENROLLMENT";
const log = createLogger("test", "silent");
const idOf = ({ headers }: JsMsg) => headers?.get("ce-id");

describe("a relay", () => {
  let bus: TestBus;
  let database: TestDatabase<unknown>;
  let manager: JetStreamManager;
  let lifecycle = new Lifecycle(log);
  let emitted = 0;

  before(async () => {
    const none = await mkdtemp(join(tmpdir(), "muster-no-migrations-"));
    [bus, database] = await startTogether(startTestBus(), startTestDatabase("enrollment", none, "own"));
    manager = await jetstreamManager(bus.bus);
    await forgetIds();
  });
  const stopRelays = async () => {
    await lifecycle.stop();
    lifecycle = new Lifecycle(log);
  };
  afterEach(stopRelays);
  after(() => Promise.all([database.stop(), bus.stop()]));

  /** The server must not hide what is sent twice: it forgets ids at once. */
  const forgetIds = async () => void (await manager.streams.update(STREAM, { duplicate_window: 100 * 1e6 }));
  const start = () => startRelay({ service: "enrollment", ...database, bus: bus.bus, log, lifecycle });
  const emit = (count: number) =>
    database.database.tenant("acme", async (work) => {
      for (let index = 0; index < count; index++) {
        const deviceId = `device-${emitted++}`;
        const data = { enrollment: undefined, reason: "test" };
        work.emit({ type: "muster.enrollment.v1.DeviceUnenrolled", deviceId, data });
      }
    });
  /** All of them: what is open in another database of the server holds back, too, what came after it. */
  const rows = async () => {
    const client = await database.pool.connect();
    try {
      return await eventually("every row to be seen", async () => {
        const { rowCount } = await client.query("select from outbox");
        const seen = await new OutboxRows(client).after({ xid: "0", seq: "0" }, 100_000);
        return seen.length === rowCount ? seen : undefined;
      });
    } finally {
      client.release();
    }
  };
  const held = async (): Promise<JsMsg[]> => {
    const consumer = await jetstream(bus.bus).consumers.get(STREAM);
    const messages: JsMsg[] = [];
    for await (const message of await consumer.fetch({ max_messages: await count() })) messages.push(message);
    return messages;
  };
  const ids = async () => (await held()).map(idOf);
  const count = async () => (await manager.streams.info(STREAM)).state.messages;
  const holds = (messages: number) =>
    eventually(`${messages} events`, async () => ((await count()) >= messages ? true : undefined), 30_000);
  const endLockHolder = () =>
    database.pool.query(
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = 'outbox_cursor'::regclass::oid",
    );

  it("that was frozen while it published says nothing any more when another has taken over", async (t) => {
    const urls = { databaseUrl: database.url, natsUrl: bus.url };
    // Each looks at its start whether the stream is as declared.
    await manager.streams.update(STREAM, { duplicate_window: 120 * 1e9 });
    const frozen = await startRelayProcess(urls);
    t.after(() => frozen.end("SIGKILL"));
    // A cursor at the very beginning is believed, whatever the stream says: let it have begun.
    await emit(1);
    await eventually("a cursor", async () => {
      const { rowCount } = await database.pool.query("select from outbox_cursor where xid <> '0'");
      return rowCount === 1 ? true : undefined;
    });
    for (let transaction = 0; transaction < 20; transaction++) await emit(500);
    await eventually("some events", async () => ((await count()) > 1 ? true : undefined));
    frozen.child.kill("SIGSTOP");
    const other = await startRelayProcess(urls);
    t.after(() => other.end("SIGKILL"));
    await forgetIds();
    await endLockHolder();
    await holds(10_001);
    await emit(100);
    await holds(10_101);
    frozen.child.kill("SIGCONT");
    await emit(100);
    await holds(10_201);
    await other.end("SIGTERM");
    // Only the one that was frozen is left, and takes office again.
    await emit(100);
    await holds(10_301);
    // What it still said was refused and counted, or its connection was given up and nothing was said: the ids tell.
    const metrics = await (await fetch(`${frozen.adminUrl}/metrics`)).text();
    for (const name of ["published_total", "lag", "batch_count"])
      assert.match(metrics, new RegExp(`^muster_relay_${name}.* \\d`, "m"));
    await frozen.end("SIGTERM");
    const told = await rows();
    assert.deepEqual(
      await ids(),
      told.map(({ id }) => id),
    );
  });

  it("that waits for its office leaves the database in peace, however much there is to tell", async (t) => {
    const relays = [start(), start()];
    const before = await count();
    await emit(1);
    await holds(before + 1);
    let connections = 0;
    const onConnect = () => connections++;
    database.pool.on("connect", onConnect);
    t.after(() => database.pool.off("connect", onConnect));
    const startedAt = performance.now();
    for (let transaction = 0; transaction < 100; transaction++) {
      await emit(1);
      for (const relay of relays) relay.wake();
    }
    await holds(before + 101);
    // It stands for office once a second, each time over a connection of its own; the pool may grow by some.
    const elections = Math.ceil((performance.now() - startedAt) / 1_000);
    assert.ok(connections <= elections + 5, `${connections} connections for ${elections} elections`);
  });

  it("learns from the stream what a relay told that died before it moved the cursor", async () => {
    await manager.streams.purge(STREAM);
    const before = (await rows()).length;
    start();
    await emit(10);
    await holds(10);
    await stopRelays();
    const told = (await rows()).slice(before);
    await database.pool.query("update outbox_cursor set xid = $1::xid8, seq = $2", [told[2]?.xid, told[2]?.seq]);
    start();
    await emit(1);
    await holds(11);
    const wanted = (await rows()).slice(before).map(({ id }) => id);
    assert.deepEqual(await ids(), wanted);
  });

  it("tells all again when its cursor is set to the beginning", async () => {
    // A new stream remembers no ids.
    await manager.streams.delete(STREAM);
    await database.pool.query("update outbox_cursor set xid = '0', seq = 0, epoch = epoch + 1");
    start();
    const all = (await rows()).length;
    await eventually("the stream", () => count().catch(() => undefined));
    await holds(all);
    assert.equal(await count(), all);
    await forgetIds();
  });

  for (const from of [10, 37, 50]) {
    const page = from === 50 ? 300 : 40;
    it(`publishes event by event ${page} of which the bus knows some already, from the ${from}th`, async () => {
      await manager.streams.purge(STREAM);
      await manager.streams.update(STREAM, { duplicate_window: 120 * 1e9 });
      await emit(page);
      const untold = (await rows()).slice(-page);
      await publishEvents(jetstream(bus.bus), untold.slice(from, from + 3));
      start();
      await holds(page);
      // What the bus knew counts among these: the relay may still be on its way to what comes last.
      await stopRelays();
      await forgetIds();
      const messages = await held();
      assert.deepEqual(
        messages.filter(({ headers }) => headers?.has(OUT_OF_TURN_HEADER) !== true).map(idOf),
        untold.filter((_, index) => index < from || index > from + 2).map(({ id }) => id),
      );
      assert.equal(messages.length, page);
    });
  }

  for (const page of [40, 300]) {
    it(`goes on behind what was published out of turn, with ${page} events at once`, async () => {
      await manager.streams.purge(STREAM);
      start();
      await emit(page);
      await holds(page);
      const foreign = (await rows()).slice(-5).map((event) => ({ ...event, id: randomUUID() }));
      await publishEvents(jetstream(bus.bus), foreign);
      await emit(page);
      await holds(2 * page + 5);
      assert.deepEqual(
        (await ids()).slice(page + 5),
        (await rows()).slice(-page).map(({ id }) => id),
      );
    });
  }

  it("publishes singly, and in order, where the stream takes no batches", async () => {
    await manager.streams.purge(STREAM);
    await manager.streams.update(STREAM, { allow_atomic: false });
    start();
    await emit(1_500);
    await holds(1_500);
    await manager.streams.update(STREAM, { allow_atomic: true });
    assert.deepEqual(
      await ids(),
      (await rows()).slice(-1_500).map(({ id }) => id),
    );
  });

  it("tells the largest event that may be emitted, and what follows it; a larger one undoes its transaction", async () => {
    await manager.streams.purge(STREAM);
    start();
    await emit(1);
    await holds(1);
    const large = (bytes: number) =>
      database.database.tenant("acme", async (work) => {
        const data = { enrollment: undefined, reason: "x".repeat(bytes - '{"reason":""}'.length) };
        const about = { deviceId: "d".repeat(200), actor: "\u00fc".repeat(200) };
        work.emit({ type: "muster.enrollment.v1.DeviceUnenrolled", ...about, data });
      });
    await assert.rejects(large(LARGEST_BODY_BYTES + 1), { name: "EventTooLarge" });
    await large(LARGEST_BODY_BYTES);
    await emit(1);
    await holds(3);
    assert.deepEqual(
      (await ids()).slice(-2),
      (await rows()).slice(-2).map(({ id }) => id),
    );
  });

  it("puts back a stream that vanished, as it was declared, and goes on", async () => {
    start();
    await emit(1);
    const { config } = await manager.streams.info(STREAM);
    await manager.streams.delete(STREAM);
    await emit(100);
    const state = await eventually("the stream", () =>
      manager.streams.info(STREAM).then(
        (info) => (info.state.messages >= 100 ? info : undefined),
        () => undefined,
      ),
    );
    assert.equal(state.config.allow_atomic, config.allow_atomic);
    assert.equal(state.config.max_age, 14 * 24 * 3600 * 1e9);
    assert.deepEqual(
      (await ids()).slice(-100),
      (await rows()).slice(-100).map(({ id }) => id),
    );
    await emit(1);
    await holds(state.state.messages + 1);
  });

  it("tells again what the bus lost of its end", async () => {
    await manager.streams.purge(STREAM);
    start();
    await emit(50);
    await holds(50);
    const kept = (await held()).slice(0, 20);
    const { config } = await manager.streams.info(STREAM);
    await manager.streams.delete(STREAM);
    await manager.streams.add({ ...config, name: STREAM });
    for (const { subject, data, headers } of kept) {
      const copy = natsHeaders();
      copy.set("ce-id", headers?.get("ce-id") ?? "");
      await jetstream(bus.bus).publish(subject, data, { headers: copy });
    }
    await emit(1);
    await holds(51);
    assert.deepEqual(
      await ids(),
      (await rows()).slice(-51).map(({ id }) => id),
    );
  });
});
