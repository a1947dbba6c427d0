import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { Receiver } from "./testing/receiver.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";

describe("a webhook's address", () => {
  let service: RunningNotification;
  let receiver: Receiver;

  before(async () => {
    receiver = new Receiver();
    await receiver.open();
    service = await RunningNotification.start("");
  });

  after(async () => {
    await service?.stop();
    await receiver.close();
  });

  it("is refused when it is private, or its name leads to one", async () => {
    const port = new URL(receiver.url()).port;
    for (const host of [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "2130706433",
      "169.254.169.254",
      "10.0.0.1",
      "0.0.0.0",
    ]) {
      await assert.rejects(
        service.createWebhook(`http://${host}:${port}/`),
        { code: "webhook.forbidden_address" },
        host,
      );
    }
    await assert.rejects(service.createWebhook("https://no-such-host.invalid/"), { code: "webhook.unknown_host" });
  });

  it("is checked again when an event is sent, since names move", async () => {
    const asked = { name: "moved", url: "https://93.184.216.34/", enabled: true };
    for (const host of ["localhost", "127.0.0.1"]) {
      const { id } = await service.createWebhook(asked.url, asked);
      await service.database.database.tenant(caller.tenant, ({ sql }) =>
        sql
          .updateTable("webhooks")
          .set({ url: receiver.url(host) })
          .where("id", "=", id)
          .execute(),
      );
      await service.policyChanged("moved");
      const delivery = await eventually("the attempt", async () => {
        const query = { webhookId: id, state: "DELIVERY_STATE_UNSPECIFIED" as const, pageSize: 0, pageToken: "" };
        const { deliveries } = await service.webhooks.listDeliveries(query, caller);
        return deliveries[0]?.attempts === 1 ? deliveries[0] : undefined;
      });
      assert.match(delivery.lastError, /may not be sent to/);
      await service.webhooks.deleteWebhook({ id, expectedRevisions: [] }, caller);
    }
    assert.deepEqual(receiver.received, []);
  });
});
