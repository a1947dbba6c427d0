import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { Receiver } from "./testing/receiver.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";

const FAILURES_UNTIL_TOLD = 5;

describe("a webhook whose receiver recovered", () => {
  let service: RunningNotification;
  const receiver = new Receiver();

  before(async () => {
    await receiver.open();
    service = await RunningNotification.start("127.0.0.1/32,::1/128");
  });

  after(async () => {
    const code = await service?.stop();
    await receiver.close();
    assert.equal(code, 0);
  });

  it("gets what waits for it at once, and not when its turn in the schedule comes", async () => {
    receiver.answer = (response) => void response.writeHead(503).end();
    const { id } = await service.createWebhook(receiver.url());
    const waiting = await Promise.all(
      Array.from({ length: FAILURES_UNTIL_TOLD }, (_, place) => service.policyChanged(`waiting ${place}`)),
    );
    await eventually("the failures to be noted", async () => {
      const { webhook } = await service.webhooks.getWebhook({ id }, caller);
      return webhook !== undefined && webhook.consecutiveFailures >= FAILURES_UNTIL_TOLD ? true : undefined;
    });
    // As after some hours of failing.
    await service.database.database.system(({ sql: db }) =>
      sql`update deliveries set next_attempt_at = now() + interval '5 hours' where webhook_id = ${id}`.execute(db),
    );
    receiver.answer = (response) => void response.writeHead(204).end();
    await service.policyChanged("the first that is taken again");
    for (const eventId of waiting) await receiver.of(eventId, 2);
  });
});
