import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { sql } from "kysely";
import { Receiver } from "./testing/receiver.ts";
import { caller, RunningNotification } from "./testing/running-notification.ts";
import { prune } from "./usecases/prune.ts";

const KEEP_DAYS = 90;
const DAY_MS = 86_400_000;
/** More than one receiver has in work at once. */
const OLD_EVENTS = 40;

describe("a webhook for which old events are replayed", () => {
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

  const query = (text: ReturnType<typeof sql>) =>
    service.database.database.system(async (work) => (await text.execute(work.sql)).rows);

  it("goes on getting new ones when those are kept no longer and were not taken", async () => {
    const since = new Date();
    for (let n = 0; n < OLD_EVENTS; n++) await service.policyChanged(`old ${n}`);
    await eventually("the events to be kept, and to be in the audit chain", async () => {
      const kept = await query(sql`select from activities where (xid, seq) <= (select xid, seq from audit_cursor)`);
      return kept.length >= OLD_EVENTS ? true : undefined;
    });
    await query(sql`update activities set received_at = now() - interval '89 days'`);
    receiver.answer = (response) => void response.writeHead(503).end();
    const { id } = await service.createWebhook(receiver.url(), { eventTypes: ["muster.policy.*"] });
    await service.webhooks.replayDeliveries({ webhookId: id, deliveryIds: [], since, until: undefined }, caller);
    await eventually("each to have failed", async () => {
      const failed = await query(sql`select from deliveries where attempts > 0`);
      return failed.length === OLD_EVENTS ? true : undefined;
    });
    const now = () => new Date(Date.now() + 2 * DAY_MS);
    const { database } = service.database;
    await prune({ database, now, keepDays: KEEP_DAYS }, new AbortController().signal);
    assert.equal((await query(sql`select from activities where type like 'muster.policy.%'`)).length, 0);
    await query(sql`update deliveries set next_attempt_at = now()`);
    receiver.answer = (response) => void response.writeHead(204).end();
    await receiver.of(await service.policyChanged("new"));
    const { webhook } = await service.webhooks.getWebhook({ id }, caller);
    assert.equal(webhook?.deadCount, 0);
  });
});
