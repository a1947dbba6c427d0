import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { Webhook } from "@muster/contracts/gen/muster/notification/v1/webhook";
import { eventually } from "@muster/testkit/eventually";
import { Receiver } from "./testing/receiver.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";

describe("a webhook that cannot be reached any more", () => {
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

  afterEach(() => receiver.close());

  const get = async (id: string): Promise<Webhook> => {
    const { webhook } = await service.webhooks.getWebhook({ id }, caller);
    assert.ok(webhook);
    return webhook;
  };

  const toldAsFailing = (id: string) =>
    eventually("SinkFailing", async () => {
      const { activities } = await service.activities.listActivities(
        {
          types: ["muster.notification.v1.SinkFailing"],
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
      return activities[0];
    });

  it("is disabled when it answers 410, and that is an event", async () => {
    receiver.answer = (response) => void response.writeHead(410).end();
    const { id } = await service.createWebhook(receiver.url());
    const eventId = await service.policyChanged("gone");
    await receiver.of(eventId);
    const held = await eventually("the webhook to be disabled", async () => {
      const webhook = await get(id);
      return webhook.enabled ? undefined : webhook;
    });
    assert.match(held.disabledReason, /410/);
    assert.equal(held.deadCount, 1);
    const failing = await toldAsFailing(id);
    assert.equal(failing.data?.["disabled"], true);
  });

  it("stays enabled when the address that it had before answers 410", async () => {
    const asked = Promise.withResolvers<() => void>();
    receiver.answer = (response, { path }) => {
      if (path === "/moved") response.writeHead(204).end();
      else asked.resolve(() => response.writeHead(410).end());
    };
    const held = await service.createWebhook(receiver.url());
    const eventId = await service.policyChanged("under way");
    const answer = await asked.promise;
    const moved = { ...held, url: new URL("/moved", receiver.url()).href };
    await service.webhooks.updateWebhook({ id: held.id, webhook: moved, expectedRevisions: [] }, caller);
    answer();
    const paths = (await receiver.of(eventId, 2)).map(({ path }) => path);
    assert.deepEqual(paths, ["/hook", "/moved"]);
    const { deadCount, disabledReason, enabled } = await get(held.id);
    assert.deepEqual({ deadCount, disabledReason, enabled }, { deadCount: 0, disabledReason: "", enabled: true });
  });

  it("is disabled when nothing was taken for three days; what waits can be replayed once it is enabled again", async () => {
    receiver.answer = (response) => void response.writeHead(503).end();
    const { id } = await service.createWebhook(receiver.url());
    const first = await service.policyChanged("first");
    await receiver.of(first);
    await eventually("the failure to be noted", async () => ((await get(id)).lastStatus === 503 ? true : undefined));
    await service.database.database.system(({ sql }) =>
      sql
        .updateTable("webhooks")
        .set({ failing_since: new Date(Date.now() - 4 * 86_400_000) })
        .where("id", "=", id)
        .execute(),
    );
    const second = await service.policyChanged("second");
    const held = await eventually("the webhook to be disabled and its deliveries to be dead", async () => {
      const webhook = await get(id);
      return !webhook.enabled && webhook.deadCount === 2 ? webhook : undefined;
    });
    assert.match(held.disabledReason, /nothing was taken since/);
    const failing = await toldAsFailing(id);
    assert.equal(failing.data?.["disabledReason"], held.disabledReason);
    receiver.answer = (response) => void response.writeHead(204).end();
    // Who read it before the platform disabled it does not enable it again unawares.
    const change = { id, webhook: { ...held, enabled: true } };
    const blind = service.webhooks.updateWebhook({ ...change, expectedRevisions: [1] }, caller);
    await assert.rejects(blind, { code: "revision.changed" });
    const { webhook } = await service.webhooks.updateWebhook({ ...change, expectedRevisions: [held.revision] }, caller);
    assert.deepEqual([webhook?.enabled, webhook?.disabledReason, webhook?.revision], [true, "", held.revision + 1]);
    const all = { webhookId: id, deliveryIds: [], since: undefined, until: undefined };
    assert.equal((await service.webhooks.replayDeliveries(all, caller)).replayed, 2);
    for (const event of [first, second]) await receiver.of(event, 2);
    await eventually("both to be settled", async () => ((await get(id)).deadCount === 0 ? true : undefined));
  });
});
