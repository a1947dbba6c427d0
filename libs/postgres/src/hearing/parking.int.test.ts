import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { eventually } from "@muster/testkit/eventually";
import { startTogether } from "@muster/testkit/start-together";
import { tell } from "@muster/testkit/tell";
import { startTestBus, type TestBus } from "@muster/testkit/test-bus";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { jetstream } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { sql } from "kysely";
import { v7 as newId } from "uuid";
import { listen } from "../listen.ts";

interface Nothing {
  readonly inbox: { consumer: string; event_id: string };
}

interface ParkedRow {
  readonly event_id: string;
  readonly device_id: string;
  readonly state: string;
  readonly reason: string;
}

const log = createLogger("test", "silent");
const CONSUMER = "inventory-enrollment";

describe("an event that fails", () => {
  let bus: TestBus;
  let inventory: TestDatabase<Nothing>;
  let lifecycle: Lifecycle;
  const broken = new Set<string>();
  const applied: { id: string; deviceId: string }[] = [];

  before(async () => {
    const none = await mkdtemp(join(tmpdir(), "muster-no-migrations-"));
    [bus, inventory] = await startTogether(startTestBus(), startTestDatabase<Nothing>("inventory", none, "own"));
    lifecycle = new Lifecycle(log);
    listen({
      bus: bus.bus,
      database: inventory.database,
      consumer: CONSUMER,
      log,
      lifecycle,
      apply: async (work, events) => {
        for (const event of events) if (broken.has(event.deviceId)) await sql`select 1/0`.execute(work.sql);
      },
      applied: (events) => void applied.push(...events),
    });
  });

  after(async () => {
    await lifecycle.stop();
    await inventory.stop();
    await bus.stop();
  });

  const enroll = async (deviceId: string): Promise<string> => {
    const data = { enrollment: undefined, reason: "test" };
    return tell(bus.bus, {
      id: newId(),
      type: "muster.enrollment.v1.DeviceUnenrolled",
      tenant: "acme",
      deviceId,
      data,
    });
  };
  const parked = async (deviceId: string): Promise<ParkedRow[]> => {
    const found = await inventory.database.system((work) =>
      sql<ParkedRow>`select event_id, device_id, state, reason from parked_events where device_id = ${deviceId}
        order by event_id`.execute(work.sql),
    );
    return found.rows;
  };
  const makeDue = () =>
    inventory.database.system((work) => sql`update parked_devices set next_try_at = now()`.execute(work.sql));
  const appliedOf = (deviceId: string) => applied.filter((event) => event.deviceId === deviceId).map(({ id }) => id);

  it("parks its device, whose later events wait in order and take effect, once, when the cause is gone", async () => {
    broken.add("ill");
    const ids = [await enroll("ill"), await enroll("ill")];
    await enroll("well");
    ids.push(await enroll("ill"));
    await enroll("well");
    await eventually("the neighbour's events", async () => (appliedOf("well").length === 2 ? true : undefined));
    const rows = await eventually("the parked events", async () => {
      const found = await parked("ill");
      return found.length === 3 ? found : undefined;
    });
    assert.deepEqual(
      rows.map(({ event_id }) => event_id),
      ids,
    );
    assert.match(rows[0]?.reason ?? "", /division by zero/);
    assert.match(rows[1]?.reason ?? "", /waits for an earlier event/);

    broken.delete("ill");
    await makeDue();
    await eventually("the parked events to take effect", async () =>
      appliedOf("ill").length === 3 ? true : undefined,
    );
    assert.deepEqual(appliedOf("ill"), ids);
    assert.deepEqual(await parked("ill"), []);
    const later = await enroll("ill");
    await eventually("the device to be heard at once again", async () =>
      appliedOf("ill").at(-1) === later ? true : undefined,
    );
  });

  it("leaves in the outbox what its device's full queue has no room for", async () => {
    broken.add("chatty");
    for (let sent = 0; sent < 1_010; sent++) await enroll("chatty");
    const state = await eventually("the queue to be full", async () => {
      const { rows } = await inventory.database.system((work) =>
        sql<{ full_since: Date | null; waiting: number; heard: number }>`
          select full_since, (select count(*)::int from parked_events where queue = 'chatty') as waiting,
            (select count(*)::int from inbox where consumer = ${CONSUMER}) as heard
          from parked_devices where queue = 'chatty'`.execute(work.sql),
      );
      return rows[0]?.full_since ? rows[0] : undefined;
    });
    assert.equal(state.waiting, 1_000);
    // The events of the test before were six; those left here have no inbox row.
    assert.equal(state.heard, 1_006);
  });

  it("is a dead letter when it cannot be read, and keeps nobody waiting", async () => {
    const tellBroken = async (id: string, type: string, body: string) => {
      const values = headers();
      for (const [name, value] of Object.entries({ "ce-id": id, "ce-type": type, "ce-subject": "odd" }))
        values.set(name, value);
      await jetstream(bus.bus).publish("evt.v1.acme.enrollment.DeviceUnenrolled", body, { headers: values });
    };
    await tellBroken(newId(), "muster.enrollment.v1.DeviceUnenrolled", "{");
    await tellBroken(newId(), "muster.enrollment.v9.Unheard", "{}");
    await tellBroken("", "muster.enrollment.v1.DeviceUnenrolled", "{}");
    await enroll("odd");
    await eventually("the good event", async () => (appliedOf("odd").length === 1 ? true : undefined));
    const rows = await parked("odd");
    assert.deepEqual(
      rows.map(({ state }) => state),
      ["dead", "dead", "dead"],
    );
    const reasons = rows.map(({ reason }) => reason).join("\n");
    for (const expected of [/body cannot be read/, /unknown event type/, /no UUID/]) assert.match(reasons, expected);
  });

  it("that only an earlier release could not read is heard by the next one", async () => {
    const [device, type] = ["upgraded", "muster.enrollment.v1.DeviceUnenrolled"];
    const bury = async (what: string, reason: string): Promise<string> => {
      const id = newId();
      await inventory.database.system((work) =>
        sql`insert into parked_events (consumer, state, reason, attempts, failed_at, tenant, event_id, queue, type,
            device_id, actor, time, traceparent, body)
          values (${CONSUMER}, 'dead', ${reason}, 1, now(), 'acme', ${id}, ${device}, ${what}, ${device}, '', now(), '',
            '{"reason":"test"}')`.execute(work.sql),
      );
      return id;
    };
    const ids = [
      await bury(type, `unknown event type "${type}"`),
      await bury(type, `unknown event type "${type}"`),
      await bury(type, `given up by ada: unknown event type "${type}"`),
      await bury("muster.enrollment.v9.Unheard", 'unknown event type "muster.enrollment.v9.Unheard"'),
    ];
    // A replica of the next release starts.
    const next = new Lifecycle(log);
    const heard: string[] = [];
    listen({
      bus: bus.bus,
      database: inventory.database,
      consumer: CONSUMER,
      log,
      lifecycle: next,
      apply: async () => undefined,
      applied: (events) => void heard.push(...events.map(({ id }) => id)),
    });
    const both = () => [...heard, ...appliedOf(device)].sort();
    await eventually("both to take effect", async () => (both().length === 2 ? true : undefined));
    await next.stop();
    assert.deepEqual(both(), ids.slice(0, 2));
    assert.deepEqual(
      (await parked(device)).map(({ event_id, state }) => [event_id, state]),
      ids.slice(2).map((id) => [id, "dead"]),
    );
    const { rows } = await inventory.database.system((work) =>
      sql`select from parked_devices where queue = ${device}`.execute(work.sql),
    );
    assert.equal(rows.length, 0);
  });
});
