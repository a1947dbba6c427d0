import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Subscriber } from "@muster/contracts/gen/muster/notification/v1/subscriber";
import { bootstrapBus } from "@muster/eventbus/bootstrap";
import { eventually } from "@muster/testkit/eventually";
import { SMALL_STREAMS } from "@muster/testkit/test-bus";
import { type Consumer, type JsMsg, jetstreamManager } from "@nats-io/jetstream";
import { RunningSubscribers } from "./testing/running-subscribers.ts";

const POLICIES = { types: ["muster.policy.v1.PolicyChanged"] };

const idOf = (message: JsMsg): string => message.headers?.get("ce-id") ?? "";

/** The next events of a consumer, each settled. */
async function take(consumer: Consumer, count: number): Promise<JsMsg[]> {
  const taken: JsMsg[] = [];
  while (taken.length < count) {
    const message = await consumer.next({ expires: 20_000 });
    assert.ok(message, `event ${taken.length + 1} of ${count} did not come`);
    await message.ackAck();
    taken.push(message);
  }
  return taken;
}

describe("subscribers of the bus", { timeout: 300_000 }, () => {
  let running: RunningSubscribers;
  before(async () => {
    running = await RunningSubscribers.start();
  });
  after(() => running.stop());

  const state = (id: string, wanted: string): Promise<Subscriber> =>
    eventually(`the subscriber to be ${wanted}`, async () => {
      const found = await running.get(id);
      return found.health?.state === wanted ? found : undefined;
    });

  it("are shown their credentials once, and their making is an event", async () => {
    const created = await running.create({ name: "SOC of Acme" });
    assert.match(created.connection?.credentials ?? "", /BEGIN NATS USER JWT/);
    assert.equal((await running.get(created.id)).connection?.credentials, "");
    await eventually("the event", async () => {
      const activities = await running.told("muster.notification.v1.SubscriberCreated", created.id);
      return activities[0]?.actor === "ada@acme.example" ? true : undefined;
    });
    await assert.rejects(
      running.service.getSubscriber({ id: created.id }, { tenant: "globex", actor: "" }),
      /there is no subscriber/,
    );
  });

  it("get what they want as CloudEvents, and only their tenant's", async () => {
    const created = await running.create({ filter: POLICIES });
    const { consumer } = await running.connect(created);
    await running.policyChanged("of others", "", "globex");
    const id = await running.policyChanged("wanted");
    const [message] = await take(consumer, 1);
    assert.equal(message?.subject, "evt.v1.acme.policy.PolicyChanged");
    assert.equal(message?.headers?.get("content-type"), "application/cloudevents+json");
    const event = message?.json<{ id: string; data: { policy: { name: string } } }>();
    assert.deepEqual([event?.id, event?.data.policy.name], [id, "wanted"]);
  });

  it("get what follows an event that cannot be told in their format, which is left out", async () => {
    const types = [...POLICIES.types, "muster.inventory.v1.DeviceFactsChanged"];
    const created = await running.create({ filter: { types }, format: "EVENT_FORMAT_ECS" });
    const { consumer } = await running.connect(created);
    const before = await running.policyChanged("before");
    await running.recordFlawed();
    const behind = await running.policyChanged("behind");
    assert.deepEqual((await take(consumer, 2)).map(idOf), [before, behind]);
  });

  it("get again what they gave back or left, and nothing that they settled, also after a new connection", async () => {
    const created = await running.create({ filter: POLICIES });
    const first = await running.connect(created);
    const ids = [await running.policyChanged("1"), await running.policyChanged("2"), await running.policyChanged("3")];
    const settled = await first.consumer.next({ expires: 20_000 });
    await settled?.ackAck();
    const given = await first.consumer.next({ expires: 20_000 });
    given?.nak();
    const again = await eventually("what was given back", async () => {
      const message = await first.consumer.next({ expires: 5_000 });
      if (message?.info.redelivered) return message;
      message?.nak();
      return undefined;
    });
    assert.equal(idOf(again), ids[1]);
    again.nak();
    await first.client.drain();
    const second = await running.connect(created);
    const rest = await take(second.consumer, 2);
    assert.deepEqual(new Set(rest.map(idOf)), new Set(ids.slice(1)));
    const { health } = await eventually("everything to be settled", async () => {
      const found = await running.get(created.id);
      return found.health?.waitingEvents === 0 && found.health.settledAt !== undefined ? found : undefined;
    });
    assert.deepEqual([health?.lagEvents, health?.lagSeconds, health?.unsettledEvents], [0, 0, 0]);
  });

  it("whose stream is full hold up nobody, and get everything in order when they go on", async () => {
    const slow = await running.create({ name: "slow", filter: POLICIES, bufferMib: 4 });
    const quick = await running.create({ name: "quick", filter: POLICIES, bufferMib: 64 });
    const large = "x".repeat(900_000);
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) ids.push(await running.policyChanged(`large ${n}`, large));
    const all = await take((await running.connect(quick)).consumer, ids.length);
    assert.deepEqual(all.map(idOf), ids);
    const full = await state(slow.id, "SUBSCRIBER_STATE_FULL");
    assert.equal(full.health?.waitingEvents, 4);
    assert.equal(full.health?.lagEvents, 4);
    assert.ok((full.health?.lagSeconds ?? 0) > 0);
    const late = await take((await running.connect(slow)).consumer, ids.length);
    assert.deepEqual(late.map(idOf), ids);
    await state(slow.id, "SUBSCRIBER_STATE_RUNNING");
  });

  it("begin where they are told, and get everything once more from there on", async () => {
    const created = await running.create({ filter: POLICIES, start: { position: "0" } });
    const { consumer } = await running.connect(created);
    const id = await running.policyChanged("the last");
    const first: string[] = [];
    while (first.at(-1) !== id) first.push(...(await take(consumer, 1)).map(idOf));
    await running.replay(created.id, "0");
    const again = await take(consumer, first.length);
    assert.deepEqual(again.map(idOf), first);
  });

  it("change their credentials with an overlap, or at once", async () => {
    const created = await running.create();
    const old = await running.connect(created);
    const rotated = await running.rotate(created.id, 3_600);
    assert.ok(rotated.previousCredentialsUntil);
    const fresh = await running.connect(rotated);
    await Promise.all([old.client.flush(), fresh.client.flush()]);

    const cut = [old.client.closed(), fresh.client.closed()];
    const last = await running.rotate(created.id, 0);
    for (const end of cut) assert.match(String(await end), /Revoked/);
    await assert.rejects(running.connect(rotated), /Authorization Violation/);
    const { client } = await running.connect(last);
    await client.flush();
  });

  it("lose all their old credentials, though several were made at once", async () => {
    const created = await running.create();
    const atOnce = await Promise.all(Array.from({ length: 5 }, () => running.rotate(created.id, 3_600)));
    const last = await running.rotate(created.id, 0);
    for (const old of [created, ...atOnce]) await assert.rejects(running.connect(old), /Authorization Violation/);
    const { client } = await running.connect(last);
    await client.flush();
  });

  it("lose their old credentials when the overlap is over", async () => {
    const created = await running.create();
    const old = await running.connect(created);
    await running.rotate(created.id, 1);
    assert.match(String(await old.client.closed()), /Revoked/);
  });

  it("who are revoked are cut off, and nothing of them is left", async () => {
    const created = await running.create();
    const { client } = await running.connect(created);
    const cut = client.closed();
    await running.revoke(created.id);
    assert.match(String(await cut), /Revoked|Expired/);
    await assert.rejects(running.connect(created), /Authorization Violation/);
    await assert.rejects(running.get(created.id), /there is no subscriber/);
    await eventually("the event", async () => {
      const activities = await running.told("muster.notification.v1.SubscriberRevoked", created.id);
      return activities.length === 1 ? true : undefined;
    });
  });

  it("are put back with what they had not settled when the bus lost its store, and go on", async () => {
    const created = await running.create({ filter: POLICIES });
    const before = await running.connect(created);
    const ids = [await running.policyChanged("settled"), await running.policyChanged("not settled")];
    await take(before.consumer, 1);
    await eventually("the platform to know what was settled", async () => {
      const { health } = await running.get(created.id);
      return health?.waitingEvents === 1 ? true : undefined;
    });
    await running.bus.restart("lost");
    await eventually("the streams to be declared", () =>
      jetstreamManager(running.bus.bus)
        .then((manager) => bootstrapBus(manager, SMALL_STREAMS))
        .catch(() => undefined),
    );
    const { consumer } = await eventually(
      "the account to be back",
      () => running.connect(created).catch(() => undefined),
      // It is put back at ever longer intervals while the bus is not ready.
      150_000,
    );
    assert.deepEqual((await take(consumer, 1)).map(idOf), [ids[1]]);
    const id = await running.policyChanged("after the loss");
    assert.deepEqual((await take(consumer, 1)).map(idOf), [id]);
  });
});
