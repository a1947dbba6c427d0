import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { Webhook as WebhookMessage } from "@muster/contracts/gen/muster/notification/v1/webhook";
import { eventually } from "@muster/testkit/eventually";
import { tell } from "@muster/testkit/tell";
import { Webhook } from "standardwebhooks";
import { Receiver } from "./testing/receiver.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";

describe("a webhook", () => {
  let service: RunningNotification;
  let receiver: Receiver;

  before(async () => {
    service = await RunningNotification.start("127.0.0.1/32,::1/128");
  });

  after(async () => assert.equal(await service.stop(), 0));

  beforeEach(async () => {
    receiver = new Receiver();
    await receiver.open();
  });

  afterEach(async () => {
    for (const { id } of (await service.webhooks.listWebhooks({}, caller)).webhooks) {
      await service.webhooks.deleteWebhook({ id, expectedRevisions: [] }, caller);
    }
    await receiver.close();
  });

  const get = async (id: string): Promise<WebhookMessage> => {
    const { webhook } = await service.webhooks.getWebhook({ id }, caller);
    assert.ok(webhook);
    return webhook;
  };

  const deliveries = async (webhookId: string) =>
    (
      await service.webhooks.listDeliveries(
        { webhookId, state: "DELIVERY_STATE_UNSPECIFIED", pageSize: 0, pageToken: "" },
        caller,
      )
    ).deliveries;

  // The schedule is tested as the pure function it is; here time is moved instead of waited for.
  const makeDue = async (webhookId: string): Promise<void> => {
    await service.database.database.system(({ sql }) =>
      sql
        .updateTable("deliveries")
        .set({ next_attempt_at: new Date(0) })
        .where("state", "=", "DELIVERY_STATE_PENDING")
        .execute(),
    );
    // There is no dead letter to replay, but the sender looks at once instead of within its second.
    await service.webhooks.replayDeliveries({ webhookId, deliveryIds: [], since: undefined, until: undefined }, caller);
  };

  it("receives an event, signed, as a CloudEvent", async () => {
    const { id: webhookId, secret } = await service.createWebhook(receiver.url());
    const id = await service.policyChanged("Disks are sealed", { deviceId: "device-1" });
    const [received] = await receiver.of(id);
    assert.ok(received);
    const verified = new Webhook(secret).verify(received.body, received.headers as Record<string, string>) as Record<
      string,
      unknown
    >;
    assert.equal(received.headers["content-type"], "application/json");
    assert.equal(received.headers["traceparent"], undefined);
    assert.deepEqual(
      [
        verified["specversion"],
        verified["id"],
        verified["type"],
        verified["source"],
        verified["subject"],
        verified["actor"],
      ],
      ["1.0", id, "muster.policy.v1.PolicyChanged", "/muster/policy", "device-1", caller.actor],
    );
    assert.equal(verified["timestamp"], verified["time"]);
    assert.deepEqual((verified["data"] as { policy: { name: string } }).policy.name, "Disks are sealed");
    await eventually("the delivery to be settled", async () =>
      (await deliveries(webhookId))[0]?.state === "DELIVERY_STATE_DELIVERED" ? true : undefined,
    );
    const held = await get(webhookId);
    assert.deepEqual([held.lastStatus, held.pendingCount, held.secret], [204, 0, ""]);
  });

  it("is told of each event once, in a burst of them", async (test) => {
    await service.createWebhook(receiver.url());
    const latencies: number[] = [];
    for (let index = 0; index < 21; index++) {
      const started = performance.now();
      const received = await receiver.of(await service.policyChanged(`policy ${index}`));
      assert.equal(received.length, 1);
      latencies.push((received[0]?.at ?? 0) - started);
    }
    assert.equal(latencies.length, 21);
    test.diagnostic(`from the event to the receiver, median: ${latencies.sort((a, b) => a - b)[10]?.toFixed(0)} ms`);
  });

  it("hears only of the types, tenants and labels it asked for", async () => {
    const labels = (deviceId: string, labelIds: string[]) =>
      tell(service.bus.bus, {
        type: "muster.inventory.v1.LabelMembershipChanged",
        tenant: caller.tenant,
        deviceId,
        data: {
          deviceId,
          version: 1,
          labelId: "finance",
          labelName: "Finance",
          member: true,
          labelIds,
          changedAt: new Date(),
        },
      });
    await service.createWebhook(receiver.url(), { eventTypes: ["muster.policy.*"], labelIds: ["finance"] });
    await labels("in-finance", ["finance"]);
    await eventually("the labels", async () => {
      const { activities } = await service.activities.listActivities(
        {
          types: [],
          deviceId: "in-finance",
          services: [],
          labelIds: [],
          deviceIds: [],
          search: "",
          since: undefined,
          until: undefined,
          pageSize: 0,
          pageToken: "",
        },
        caller,
      );
      return activities.length > 0 ? true : undefined;
    });
    await service.policyChanged("elsewhere", { deviceId: "in-sales" });
    await service.policyChanged("of nobody");
    await service.policyChanged("of another tenant", { tenant: "globex", deviceId: "in-finance" });
    await labels("in-finance-too", ["finance"]);
    const wanted = await service.policyChanged("wanted", { deviceId: "in-finance" });
    await receiver.of(wanted);
    assert.deepEqual(
      receiver.received.map(({ headers }) => headers["webhook-id"]),
      [wanted],
    );
  });

  it("is signed with both secrets after a rotation", async () => {
    const created = await service.createWebhook(receiver.url());
    const rotated = await service.webhooks.rotateWebhookSecret({ id: created.id }, caller);
    assert.ok(rotated.webhook?.previousSecretUntil);
    assert.notEqual(rotated.webhook.secret, created.secret);
    const [received] = await receiver.of(await service.policyChanged("rotated"));
    assert.ok(received);
    for (const secret of [created.secret, rotated.webhook.secret]) {
      new Webhook(secret).verify(received.body, received.headers as Record<string, string>);
    }
    assert.equal(
      (await service.database.pool.query("select 1 from webhooks where secret::text like '%whsec%'")).rowCount,
      0,
    );
  });

  it("is tried again by schedule until the delivery is dead, told of as failing and as recovered, and replayed", async () => {
    receiver.answer = (response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    const { id } = await service.createWebhook(receiver.url());
    const eventId = await service.policyChanged("fails");
    for (let attempt = 1; attempt <= 10; attempt++) {
      await receiver.of(eventId, attempt);
      const delivery = await eventually("the attempt to be settled", async () => {
        const found = (await deliveries(id)).find((each) => each.eventId === eventId);
        return found?.attempts === attempt ? found : undefined;
      });
      assert.equal(delivery.state, attempt < 10 ? "DELIVERY_STATE_PENDING" : "DELIVERY_STATE_DEAD");
      assert.match(delivery.lastError, /redirects are not followed/);
      if (attempt < 10) await makeDue(id);
    }
    receiver.answer = (response) => void response.writeHead(200).end();
    const { replayed } = await service.webhooks.replayDeliveries(
      { webhookId: id, deliveryIds: [], since: undefined, until: undefined },
      caller,
    );
    assert.equal(replayed, 1);
    const all = await receiver.of(eventId, 11);
    assert.equal(all.length, 11);
    const told = await eventually("failing and recovered", async () => {
      const { activities } = await service.activities.listActivities(
        {
          types: ["muster.notification.v1.*"],
          deviceId: "",
          services: [],
          labelIds: [],
          deviceIds: [],
          search: id,
          since: undefined,
          until: undefined,
          pageSize: 0,
          pageToken: "",
        },
        caller,
      );
      return activities.length >= 2 ? activities : undefined;
    });
    assert.deepEqual(
      told.map(({ type }) => type.split(".").at(-1)),
      ["SinkRecovered", "SinkFailing"],
    );
    // Of its own failing a receiver is not told: that would only be one more delivery that fails.
    assert.equal(
      receiver.received.some(({ body }) => body.includes("SinkFailing")),
      false,
    );
  });

  it("waits as long as a busy receiver asks", async () => {
    receiver.answer = (response) => void response.writeHead(429, { "retry-after": "3600" }).end();
    const { id } = await service.createWebhook(receiver.url());
    await receiver.of(await service.policyChanged("busy"));
    const delivery = await eventually("the attempt to be settled", async () => {
      const [found] = await deliveries(id);
      return found?.attempts === 1 ? found : undefined;
    });
    assert.ok((delivery.nextAttemptAt?.getTime() ?? 0) > Date.now() + 3_500_000);
  });

  it("is sent everything of a span of time, under the same ids", async () => {
    const since = new Date();
    const ids = [await service.policyChanged("one"), await service.policyChanged("two")];
    await eventually("the events to be kept", async () => {
      const { activities } = await service.activities.listActivities(
        {
          types: [],
          deviceId: "",
          services: [],
          labelIds: [],
          deviceIds: [],
          search: "",
          since,
          until: undefined,
          pageSize: 0,
          pageToken: "",
        },
        caller,
      );
      return ids.every((each) => activities.some(({ id }) => id === each)) ? true : undefined;
    });
    const { id } = await service.createWebhook(receiver.url(), { eventTypes: ["muster.policy.*"] });
    await service.webhooks.replayDeliveries({ webhookId: id, deliveryIds: [], since, until: undefined }, caller);
    for (const each of ids) await receiver.of(each);
    await service.webhooks.replayDeliveries({ webhookId: id, deliveryIds: [], since, until: undefined }, caller);
    for (const each of ids) await receiver.of(each, 2);
  });

  it("that is slow does not hold up another", async () => {
    const slow = new Receiver();
    await slow.open();
    slow.answer = () => undefined;
    try {
      await service.createWebhook(slow.url(), { name: "slow" });
      await service.createWebhook(receiver.url(), { name: "quick" });
      const ids = await Promise.all(Array.from({ length: 100 }, (_, index) => service.policyChanged(`event ${index}`)));
      for (const id of ids) await receiver.of(id);
      // None of its attempts has ended meanwhile, or others would have come after it.
      assert.ok(slow.received.length <= 32, `the slow one had ${slow.received.length} in work`);
    } finally {
      await slow.close();
    }
  });

  it("is sent again, under the same webhook-id, when the sender is killed in mid-delivery", async () => {
    receiver.answer = () => undefined;
    const { id: webhookId } = await service.createWebhook(receiver.url());
    const id = await service.policyChanged("in mid-delivery");
    await receiver.of(id);
    await service.kill();
    receiver.answer = (response) => void response.writeHead(204).end();
    await service.startProcess();
    // The dead sender's lease ends after 30 seconds; here it ends now.
    await makeDue(webhookId);
    const [first, second] = await receiver.of(id, 2);
    assert.equal(first?.body, second?.body);
  });
});
