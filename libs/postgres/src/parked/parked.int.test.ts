import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { ParkedEventState } from "@muster/contracts/gen/muster/backbone/v1/parked_event";
import type { ArrivedEvent } from "@muster/eventbus/event-message";
import { startTestDatabase, type TestDatabase } from "@muster/testkit/test-database";
import { v7 as newId } from "uuid";
import { hear } from "../hearing/hear.ts";
import { retryOne } from "../hearing/retry.ts";
import { sqlHearingStore } from "../hearing/sql-hearing-store.ts";
import { isAway } from "../sqlstate.ts";
import { backboneMethods } from "./backbone-methods.ts";

interface Nothing {
  readonly inbox: { consumer: string; event_id: string };
}

const CONSUMER = "policy-enrollment";
const ACME = { tenant: "acme", actor: "ada@acme.example" };
const OTHER = { tenant: "other", actor: "eve@other.example" };
interface Filter {
  readonly service: string;
  readonly consumer: string;
  readonly deviceId: string;
  readonly state: ParkedEventState;
}

const ANY: Filter = { service: "", consumer: "", deviceId: "", state: ParkedEventState.PARKED_EVENT_STATE_UNSPECIFIED };

describe("what is parked", () => {
  let policy: TestDatabase<Nothing>;
  const broken = new Set<string>();
  const applied: string[] = [];

  before(async () => {
    const none = await mkdtemp(join(tmpdir(), "muster-no-migrations-"));
    policy = await startTestDatabase<Nothing>("policy", none);
  });
  after(() => policy.stop());

  const hearing = () => ({
    store: sqlHearingStore({
      database: policy.database,
      consumer: CONSUMER,
      apply: async (_work, events) => {
        if (events.some(({ deviceId }) => broken.has(deviceId))) throw new Error("this device is broken");
      },
      applied: (events) => void applied.push(...events.map(({ id }) => id)),
    }),
    room: 1_000,
    chance: () => 0,
    isAway,
    setAside: () => undefined,
  });
  const methods = () => backboneMethods(policy.database, "policy");
  const arrive = async (deviceId: string, count: number, tenant = "acme"): Promise<string[]> => {
    const events = Array.from({ length: count }, (): ArrivedEvent => {
      const type = "muster.enrollment.v1.DeviceUnenrolled";
      return { id: newId(), type, tenant, deviceId, actor: "", time: new Date(), traceparent: "", body: "{}" };
    });
    await hear(hearing(), events);
    return events.map(({ id }) => id);
  };
  const list = async (filter: Partial<Filter & { pageSize: number; pageToken: string }> = {}, caller = ACME) =>
    methods().listParkedEvents({ ...ANY, pageSize: 0, pageToken: "", ...filter }, caller);
  const retryAll = async () => {
    while (await retryOne(hearing()));
  };

  it("is listed newest first, page by page, and found with its body and its reason", async () => {
    broken.add("listed");
    const ids = await arrive("listed", 5);
    const first = await list({ deviceId: "listed", pageSize: 3 });
    const second = await list({ deviceId: "listed", pageSize: 3, pageToken: first.nextPageToken });
    const listed = [...first.parkedEvents, ...second.parkedEvents];
    assert.deepEqual(listed.map(({ eventId }) => eventId).sort(), ids);
    assert.deepEqual([first.parkedEvents.length, second.nextPageToken], [3, ""]);

    const { parkedEvent } = await methods().getParkedEvent({ id: `${CONSUMER}:${ids[0]}` }, ACME);
    assert.equal(parkedEvent?.reason, "this device is broken");
    assert.equal(parkedEvent?.attempts, 1);
    assert.equal(parkedEvent?.body, "{}");
    assert.ok((parkedEvent?.nextTryAt?.getTime() ?? 0) > Date.now());
  });

  it("is its tenant's alone", async () => {
    broken.add("secret");
    const [id] = await arrive("secret", 1);
    const named = { id: `${CONSUMER}:${id}` };
    assert.deepEqual((await list({}, OTHER)).parkedEvents, []);
    await assert.rejects(methods().getParkedEvent(named, OTHER), { code: "parked.unknown" });
    await assert.rejects(methods().retryParkedEvent(named, OTHER), { code: "parked.unknown" });
    await assert.rejects(methods().dropParkedEvent(named, OTHER), { code: "parked.unknown" });
    assert.equal((await methods().dropParkedEvents({ consumer: CONSUMER, deviceId: "" }, OTHER)).events, 0);
    assert.equal((await list({ deviceId: "secret" })).parkedEvents.length, 1);
  });

  it("takes effect in order when an operator has it tried and the cause is gone", async () => {
    broken.add("mended");
    const ids = await arrive("mended", 3);
    broken.delete("mended");
    await methods().retryParkedEvent({ id: `${CONSUMER}:${ids[0]}` }, ACME);
    await retryAll();
    assert.deepEqual(
      applied.filter((id) => ids.includes(id)),
      ids,
    );
    assert.deepEqual((await list({ deviceId: "mended" })).parkedEvents, []);
  });

  it("rests longer each time it fails again", async () => {
    broken.add("stubborn");
    const [id] = await arrive("stubborn", 1);
    for (let round = 0; round < 2; round++) {
      assert.equal((await methods().retryParkedEvents({ consumer: "", deviceId: "stubborn" }, ACME)).devices, 1);
      await retryAll();
    }
    const { parkedEvent } = await methods().getParkedEvent({ id: `${CONSUMER}:${id}` }, ACME);
    assert.equal(parkedEvent?.attempts, 3);
    const restMs = (parkedEvent?.nextTryAt?.getTime() ?? 0) - (parkedEvent?.failedAt?.getTime() ?? 0);
    assert.ok(restMs > 16_000 && restMs <= 18_000, `rests ${restMs} ms`);
  });

  it("is a dead letter when an operator gives it up, what waits behind it goes on, and it can still be had", async () => {
    broken.add("given up");
    const ids = await arrive("given up", 2);
    broken.delete("given up");
    const named = { id: `${CONSUMER}:${ids[0]}` };
    await methods().dropParkedEvent(named, ACME);
    await retryAll();
    assert.deepEqual(
      applied.filter((id) => ids.includes(id)),
      ids.slice(1),
    );
    const { parkedEvents } = await list({ deviceId: "given up", state: ParkedEventState.PARKED_EVENT_STATE_DEAD });
    assert.match(parkedEvents[0]?.reason ?? "", /^given up by ada@acme.example: this device is broken$/);

    await methods().retryParkedEvent(named, ACME);
    await retryAll();
    assert.deepEqual(applied.filter((id) => ids.includes(id)).sort(), ids);
  });

  it("is removed when it is dropped as a dead letter; dropping many removes none", async () => {
    broken.add("hopeless");
    await arrive("hopeless", 3);
    const which = { consumer: CONSUMER, deviceId: "hopeless" };
    assert.equal((await methods().dropParkedEvents(which, ACME)).events, 3);
    assert.equal((await methods().dropParkedEvents(which, ACME)).events, 0);
    const { parkedEvents } = await list({ deviceId: "hopeless" });
    assert.equal(parkedEvents.length, 3);
    for (const { id } of parkedEvents) await methods().dropParkedEvent({ id }, ACME);
    assert.deepEqual((await list({ deviceId: "hopeless" })).parkedEvents, []);
    await assert.rejects(methods().dropParkedEvents({ consumer: "", deviceId: "" }, ACME), { code: "parked.too_much" });
  });

  it("is counted over all tenants for the platform's administrators", async () => {
    broken.add("counted");
    await arrive("counted", 2, "third");
    const { consumers } = await methods().getBackbone({}, ACME);
    assert.deepEqual(
      consumers.map(({ consumer, publisher }) => [consumer, publisher]),
      [
        ["policy-command", "command"],
        [CONSUMER, "enrollment"],
        ["policy-inventory", "inventory"],
      ],
    );
    assert.ok((consumers[1]?.parkedEvents ?? 0) >= 2);
    assert.equal(consumers[2]?.parkedEvents, 0);
  });
});
