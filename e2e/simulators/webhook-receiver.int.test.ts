import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it, type TestContext } from "node:test";
import { Webhook } from "standardwebhooks";
import { startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

const secret = (): string => `whsec_${randomBytes(24).toString("base64")}`;

const receiver = async (test: TestContext, ...secrets: string[]): Promise<WebhookReceiver> => {
  const started = await startWebhookReceiver(...secrets);
  test.after(() => started.close());
  return started;
};

const deliver = (url: string, key: string, id: string, body = "{}"): Promise<Response> => {
  const now = new Date();
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(key).sign(id, now, body),
  };
  return fetch(url, { method: "POST", headers, body });
};

describe("the webhook receiver", () => {
  it("tells genuine deliveries from forged ones, under each secret of a rotation", async (t) => {
    const [old, next, foreign] = [secret(), secret(), secret()];
    const hook = await receiver(t, old);
    hook.trust(next);
    await deliver(hook.url, old, "a", '{"n":1}');
    await deliver(hook.url, next, "b");
    await deliver(hook.url, foreign, "c");
    const all = hook.arrivals.all().map(({ id, verified }) => [id, verified]);
    assert.deepEqual(all, [
      ["a", true],
      ["b", true],
      ["c", false],
    ]);
    assert.deepEqual(hook.arrivals.all()[0]?.body, { n: 1 });
  });

  it("answers what it was told, as often as it was told", async (t) => {
    const key = secret();
    const hook = await receiver(t, key);
    hook.answer({ status: 503, retryAfterSec: 7 }, 1);
    const refused = await deliver(hook.url, key, "a");
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "7"]);
    assert.equal((await deliver(hook.url, key, "a")).status, 200);
    hook.answer({ status: 410, afterMs: 30 });
    const before = performance.now();
    assert.equal((await deliver(hook.url, key, "b")).status, 410);
    assert.ok(performance.now() - before >= 29);
  });
});
