import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { bootstrapBus } from "@muster/eventbus/bootstrap";
import { CONSUMERS } from "@muster/eventbus/streams";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { eventually } from "@muster/testkit/eventually";
import { startTogether } from "@muster/testkit/start-together";
import { SMALL_STREAMS, startTestBus, type TestBus } from "@muster/testkit/test-bus";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { AckPolicy, DeliverPolicy, type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { hear } from "../hearing/hear.ts";
import { sqlHearingStore } from "../hearing/sql-hearing-store.ts";
import { listen } from "../listen.ts";
import { isAway } from "../sqlstate.ts";
import { startRelay } from "../testing/start-relay.ts";
import { Comparison } from "./comparison.ts";
import { ComparisonStore } from "./comparison-store.ts";
import { MINUTE_MS, minuteOf } from "./event-time.ts";
import { openOutboxDoor } from "./outbox-door.ts";
import { Publisher } from "./publisher.ts";

interface Nothing {
  readonly inbox: { consumer: string; event_id: string };
}

const log = createLogger("test", "silent");
const CONSUMER = "policy-enrollment";
const STREAM = "EVT_ENROLLMENT";

describe("a consumer that did not hear everything", () => {
  let bus: TestBus;
  let manager: JetStreamManager;
  let enrollment: TestDatabase<Nothing>;
  let policy: TestDatabase<Nothing>;
  let publisher: Lifecycle;
  let listening = new Lifecycle(log);
  const applied: string[] = [];

  before(async () => {
    const none = await mkdtemp(join(tmpdir(), "muster-no-migrations-"));
    [bus, enrollment, policy] = await startTogether(
      startTestBus(),
      startTestDatabase<Nothing>("enrollment", none, "own"),
      startTestDatabase<Nothing>("policy", none, "own"),
    );
    manager = await jetstreamManager(bus.bus);
    publisher = new Lifecycle(log);
    startRelay({ service: "enrollment", ...enrollment, bus: bus.bus, log, lifecycle: publisher });
    openOutboxDoor({ service: "enrollment", pool: enrollment.pool, bus: bus.bus, keptDays: 4, log });
  });

  afterEach(() => listening.stop());

  after(async () => {
    await publisher.stop();
    await Promise.all([enrollment.stop(), policy.stop()]);
    await bus.stop();
  });

  const enroll = async (count: number): Promise<string[]> => {
    for (let index = 0; index < count; index++) {
      await enrollment.database.tenant("acme", async (work) => {
        work.emit({
          type: "muster.enrollment.v1.DeviceUnenrolled",
          deviceId: `device-${index % 3}`,
          data: { enrollment: undefined, reason: "test" },
        });
      });
    }
    await eventually("the bus to be told", async () => {
      const { rows } = await enrollment.pool.query(
        "select from outbox o, outbox_cursor c where (o.xid, o.seq) > (c.xid, c.seq)",
      );
      return rows.length === 0 ? true : undefined;
    });
    const { rows } = await enrollment.pool.query<{ id: string }>("select id from outbox order by id desc limit $1", [
      count,
    ]);
    return rows.map(({ id }) => id).toReversed();
  };
  const apply = async () => undefined;
  const onApplied = (events: readonly { id: string }[]) => void applied.push(...events.map(({ id }) => id));
  const startListening = () => {
    listening = new Lifecycle(log);
    listen({
      bus: bus.bus,
      database: policy.database,
      consumer: CONSUMER,
      log,
      lifecycle: listening,
      apply,
      applied: onApplied,
    });
  };
  const hearing = () => ({
    store: sqlHearingStore({ database: policy.database, consumer: CONSUMER, apply, applied: onApplied }),
    room: 1_000,
    chance: Math.random,
    isAway,
    setAside: () => undefined,
  });
  const comparison = (publisher = new Publisher(bus.bus, "enrollment", CONSUMERS[CONSUMER].types)) =>
    new Comparison({
      store: new ComparisonStore(policy.database, CONSUMER, "enrollment"),
      publisher,
      hear: (events) => hear(hearing(), events),
      log,
      consumer: CONSUMER,
    });
  /** Compares as long after the events as it takes for them to count as lost. */
  const repair = async () => {
    const comparing = comparison();
    const first = await comparing.compare(Date.now() + 3 * MINUTE_MS);
    const second = await comparing.compare(Date.now() + 4 * MINUTE_MS);
    return { first, second, third: await comparing.compare(Date.now() + 4 * MINUTE_MS) };
  };
  const heard = (ids: readonly string[]) => ids.filter((id) => applied.includes(id));
  const allHeardOnce = (ids: readonly string[]) => {
    assert.deepEqual(heard(ids), ids);
    assert.equal(new Set(applied).size, applied.length);
  };

  it("hears it when its durable was deleted and made anew with a later start", async () => {
    await manager.consumers.delete(STREAM, CONSUMER);
    const lost = await enroll(20);
    await manager.consumers.add(STREAM, {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.New,
    });
    startListening();
    const told = await enroll(5);
    await eventually("the later events", async () => (heard(told).length === 5 ? true : undefined));
    assert.deepEqual(heard(lost), []);

    const { first, second, third } = await repair();
    allHeardOnce([...lost, ...told]);
    // Passed over, they are waited for once; then they are lost.
    assert.deepEqual([first.behind, first.repaired], [20, 0]);
    assert.deepEqual([second.gapsFound, second.repaired, second.behind], [20, 20, 0]);
    assert.deepEqual([third.gapsFound, third.behind, third.oldestUnheard], [0, 0, undefined]);
  });

  it("hears it when the stream lost events from its middle", async () => {
    const before = await manager.streams.info(STREAM);
    const ids = await enroll(30);
    for (let seq = 11; seq <= 20; seq++) await manager.streams.deleteMessage(STREAM, before.state.last_seq + seq);
    startListening();
    await eventually("what the stream still has", async () => (heard(ids).length === 20 ? true : undefined));
    const { second } = await repair();
    assert.equal(second.repaired, 10);
    allHeardOnce(ids);
  });

  it("hears it when the stream lost its tail, though nothing newer shows that it did", async () => {
    const ids = await enroll(10);
    await manager.streams.purge(STREAM);
    startListening();
    const { first, second, third } = await repair();
    assert.deepEqual([first.behind, first.repaired], [10, 0]);
    assert.deepEqual([second.repaired, third.behind], [10, 0]);
    allHeardOnce(ids);
  });

  it("hears it when the stream was deleted and made anew without what it held", async () => {
    const lost = await enroll(10);
    await manager.streams.delete(STREAM);
    await bootstrapBus(manager, SMALL_STREAMS);
    startListening();
    const told = await enroll(5);
    await eventually("what was told since", async () => (heard(told).length === 5 ? true : undefined));
    const { third } = await repair();
    allHeardOnce([...lost, ...told]);
    assert.equal(third.behind, 0);
  });

  it("hears it when its own database was set back, after which it hears it once more", async () => {
    const ids = await enroll(5);
    startListening();
    await eventually("the events", async () => (heard(ids).length === 5 ? true : undefined));
    await policy.pool.query("delete from inbox where event_id = any($1)", [ids.slice(0, 3)]);
    applied.splice(0);
    const { second } = await repair();
    assert.equal(second.repaired, 3);
    assert.deepEqual(applied, ids.slice(0, 3));
  });

  it("hears it though it compared before its database was set back, and found nothing amiss", async () => {
    const ids = await enroll(5);
    startListening();
    await eventually("the events", async () => (heard(ids).length === 5 ? true : undefined));
    const comparing = comparison();
    assert.equal((await comparing.compare(Date.now() + 3 * MINUTE_MS)).behind, 0);
    await policy.pool.query("delete from inbox where event_id = any($1)", [ids.slice(3)]);
    applied.splice(0);
    await comparing.compare(Date.now() + 3 * MINUTE_MS);
    assert.equal((await comparing.compare(Date.now() + 4 * MINUTE_MS)).repaired, 2);
    assert.deepEqual(applied, ids.slice(3));
  });

  it("hears what it lost before the last minutes too, in parts", async () => {
    const ids = await enroll(5);
    await manager.streams.purge(STREAM);
    const comparing = comparison();
    const later = Date.now() + 60 * MINUTE_MS;
    // The outbox is kept for four days and what today has of a fifth, an hour is a part.
    for (let part = 0; part < 5 * 24 + 2; part++) await comparing.compare(later + part * 5_000);
    allHeardOnce(ids);
  });

  it("is not sent what it is only late with, as long as it goes on", async () => {
    const ids = await enroll(30);
    const arrived = await new Publisher(bus.bus, "enrollment", "all").events(ids);
    const comparing = comparison();
    await hear(hearing(), arrived.slice(0, 10));
    await comparing.compare(Date.now() + 3 * MINUTE_MS);
    await hear(hearing(), arrived.slice(10, 20));
    const finding = await comparing.compare(Date.now() + 4 * MINUTE_MS);
    assert.deepEqual([finding.behind, finding.gapsFound, finding.repaired], [10, 0, 0]);
    assert.equal(finding.oldestUnheard?.getTime(), Number.parseInt((ids[20] ?? "").replace("-", "").slice(0, 12), 16));
    startListening();
    await eventually("the rest", async () => (heard(ids).length === 30 ? true : undefined));
  });

  it("keeps and counts what its publisher does not have any more, because that was set back", async () => {
    const ids = await enroll(4);
    startListening();
    await eventually("the events", async () => (heard(ids).length === 4 ? true : undefined));
    await enrollment.pool.query("delete from outbox where id = any($1)", [ids.slice(2)]);
    const { third } = await repair();
    assert.deepEqual([third.unknown, third.behind], [2, 0]);
    const { rows } = await policy.pool.query("select from inbox where event_id = any($1)", [ids]);
    assert.equal(rows.length, 4);
  });

  it("takes what it heard as long as it listened to more for neither missing nor unknown", async () => {
    const { third: before } = await repair();
    const ids = await enroll(2);
    startListening();
    await eventually("the events", async () => (heard(ids).length === 2 ? true : undefined));
    // They were delivered, and heard, while they were still listened to.
    await enrollment.pool.query("update outbox set type = 'muster.enrollment.v1.IdentityRenewed' where id = $1", [
      ids[0],
    ]);
    await eventually("the publisher to look at its outbox anew", async () => {
      const span = { from: minuteOf(Date.now() - 10 * MINUTE_MS), until: minuteOf(Date.now() + MINUTE_MS) };
      const publisher = new Publisher(bus.bus, "enrollment", CONSUMERS[CONSUMER].types);
      const { digests } = await publisher.told(span);
      const told = [...digests.values()].reduce((sum, { count }) => sum + count, 0);
      return told === (await publisher.toldIds(span)).length ? true : undefined;
    });
    let looks = 0;
    class CountingPublisher extends Publisher {
      override toldIds(span: Parameters<Publisher["toldIds"]>[0]) {
        looks++;
        return super.toldIds(span);
      }
    }
    const comparing = comparison(new CountingPublisher(bus.bus, "enrollment", CONSUMERS[CONSUMER].types));
    const compare = () => comparing.compare(Date.now() + 3 * MINUTE_MS);
    const [first, second] = [await compare(), await compare()];
    assert.ok(looks > 0);
    const found = [first, second].flatMap(({ gapsFound, behind }) => [gapsFound, behind]);
    assert.deepEqual(found, [0, 0, 0, 0]);
    assert.equal(second.unknown, before.unknown);
    // Looked into once: also when everything that is kept is compared, an hour in each part.
    looks = 0;
    const later = Date.now() + 60 * MINUTE_MS;
    for (let part = 0; part < 5 * 24 + 2; part++) await comparing.compare(later + part * 5_000);
    assert.equal(looks, 0);
    const { rows } = await policy.pool.query("select from inbox where event_id = any($1)", [ids]);
    assert.equal(rows.length, 2);
  });

  it("has one replica at a time that compares", async () => {
    const store = new ComparisonStore(policy.database, CONSUMER, "enrollment");
    const [one, other] = ["0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002"];
    await policy.pool.query("delete from comparisons");
    assert.deepEqual(
      [await store.hold(one, 60), await store.hold(other, 60), await store.hold(one, -1)],
      [true, false, true],
    );
    assert.equal(await store.hold(other, 60), true);
  });
});
