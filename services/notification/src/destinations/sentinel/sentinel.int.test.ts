import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { SentinelDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import { SentinelSimulator } from "@muster/e2e/simulators/sinks/sentinel";
import { cidrs } from "../../domain/address-policy.ts";
import { outgoingEvent } from "../../testing/outgoing-event.ts";
import type { Destination } from "../destination.ts";
import { sentinel } from "./sentinel.ts";

const never = new AbortController().signal;
const TAKEN = { kind: "taken" };
const APPLICATION = {
  entraTenant: "4c3b2a10-0000-4000-8000-000000000001",
  clientId: "muster",
  clientSecret: "sesame",
  ruleId: "dcr-00000000000000000000000000000001",
  stream: "Custom-Muster_CL",
};
const { entraTenant: entraTenantId, ...asked } = APPLICATION;

describe("Microsoft Sentinel as a sink", () => {
  let azure: SentinelSimulator;
  let sink: Destination;

  const open = (changes: object = {}): Destination => {
    const configuration = Configuration.fromPartial({
      ...asked,
      entraTenantId,
      endpoint: azure.url,
      authority: azure.url,
      ...changes,
    });
    sentinel.check(configuration);
    sink = sentinel.open(configuration, { tenant: "acme", sink: "s1", format: "ocsf", allowed: cidrs("127.0.0.1/32") });
    return sink;
  };

  beforeEach(async () => {
    azure = new SentinelSimulator(APPLICATION);
    await azure.open();
  });

  afterEach(async () => {
    await sink.close();
    await azure.close();
  });

  it("takes events with the time a table has to have, and asks for one token for all of them", async () => {
    open();
    await Promise.all([3, 4, 5].map((n) => sink.send([outgoingEvent(n)], never)));
    assert.deepEqual(await sink.send([outgoingEvent(1), outgoingEvent(2)], never), [TAKEN, TAKEN]);
    assert.deepEqual(azure.rows[3], { TimeGenerated: "2026-03-01T08:00:00.000Z", n: 1 });
    assert.equal(azure.rows.length, 5);
    assert.equal(azure.tokensGiven, 1);
  });

  it("is asked for a new token before the old one ends", async () => {
    await azure.close();
    // Entra's shortest is ten minutes; this one is stale at once, for it ends within five.
    azure = new SentinelSimulator({ ...APPLICATION, tokenSeconds: 299 });
    await azure.open();
    open();
    await sink.send([outgoingEvent(1)], never);
    await sink.send([outgoingEvent(2)], never);
    assert.equal(azure.tokensGiven, 2);
  });

  it("is shown a new token, once, when it does not believe the old one", async () => {
    open();
    await sink.send([outgoingEvent(1)], never);
    azure.revoke();
    assert.deepEqual(await sink.send([outgoingEvent(2)], never), [TAKEN]);
    assert.equal(azure.tokensGiven, 2);
    azure.befalls = () => ({ status: 401, code: "Unauthorized", message: "not you" });
    await assert.rejects(sink.send([outgoingEvent(3)], never), { retryable: true, message: /401: Unauthorized/ });
    assert.equal(azure.tokensGiven, 3);
  });

  it("says what Entra has against the application, and not its secret", async () => {
    open({ clientSecret: "wrong-secret" });
    await assert.rejects(sink.send([outgoingEvent(1)], never), (error: Error & { retryable: boolean }) => {
      assert.match(error.message, /^Entra gives no token: .*AADSTS7000215/);
      assert.doesNotMatch(error.message, /wrong-secret/);
      return error.retryable;
    });
  });

  it("takes a large batch in calls of at most 1 MB, and an event that is larger never", async () => {
    open();
    const large = (n: number, bytes: number) => outgoingEvent(n, { text: `{"t":"${"x".repeat(bytes)}"}` });
    const outcomes = await sink.send(
      [large(1, 400_000), large(2, 1_000_000), large(3, 400_000), large(4, 400_000)],
      never,
    );
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["taken", "refused", "taken", "taken"],
    );
    assert.deepEqual(azure.calls, [2, 1]);
  });

  it("finds the row that is the cause when a call is refused for its content", async () => {
    open();
    const broken = { status: 400, code: "InvalidRequestBody", message: "row is no good" };
    azure.befalls = (rows) => (rows.some(({ n }) => n === 3) ? broken : undefined);
    const outcomes = await sink.send(
      [1, 2, 3, 4, 5].map((n) => outgoingEvent(n)),
      never,
    );
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["taken", "taken", "refused", "taken", "taken"],
    );
    assert.deepEqual(
      azure.rows.map(({ n }) => n),
      [1, 2, 4, 5],
    );
  });

  it("is sent smaller calls when one is too large for it", async () => {
    open();
    const limit = { status: 413, code: "ContentLengthLimitExceeded", message: "too large" };
    azure.befalls = (rows) => (rows.length > 2 ? limit : undefined);
    assert.deepEqual(
      await sink.send(
        [1, 2, 3, 4].map((n) => outgoingEvent(n)),
        never,
      ),
      [TAKEN, TAKEN, TAKEN, TAKEN],
    );
    assert.deepEqual(azure.calls, [2, 2]);
  });

  it("is left alone for as long as it asked, with all or with what it has not taken yet", async () => {
    open();
    const throttled = { status: 429, code: "TooManyRequests", message: "slow down", retryAfter: "30" };
    azure.befalls = () => throttled;
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, afterMs: 30_000, message: /429/ });
    azure.befalls = () => (azure.calls.length > 0 ? throttled : undefined);
    const text = `{"t":"${"x".repeat(600_000)}"}`;
    const [first, second] = await sink.send([outgoingEvent(2, { text }), outgoingEvent(3, { text })], never);
    assert.deepEqual(first, TAKEN);
    assert.ok(second?.kind === "retry" && second.afterMs === 30_000);
  });

  it("makes no dead letters of a rule or a stream that is wrong", async () => {
    open({ stream: "Custom-Other_CL" });
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, message: /400: InvalidStream/ });
    await sink.close();
    open({ ruleId: "dcr-00000000000000000000000000000002" });
    await assert.rejects(sink.send([outgoingEvent(1)], never), { retryable: true, message: /404: NotFound/ });
  });

  it("is refused when it is configured so that it cannot work", () => {
    open();
    for (const [changes, message] of [
      [{ endpoint: "dce.example" }, /sentinel\.endpoint/],
      [{ authority: "login" }, /sentinel\.authority/],
      [{ ruleId: "my-rule" }, /sentinel\.ruleId/],
      [{ stream: "Muster" }, /sentinel\.stream/],
      [{ entraTenantId: "" }, /sentinel\.entraTenantId/],
      [{ clientSecret: "" }, /sentinel\.clientSecret/],
    ] as const) {
      assert.throws(() => open(changes), { message }, JSON.stringify(changes));
    }
  });
});
