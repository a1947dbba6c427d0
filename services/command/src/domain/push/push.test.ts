import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Breaker } from "./breaker.ts";
import { dueWarning } from "./push-certificate.ts";
import { isTrouble, type PushOutcome, type Verdict, verdictOn } from "./push-outcome.ts";
import { remindedAt, triedAgainAt } from "./push-times.ts";
import { TokenBucket } from "./token-bucket.ts";

const START = new Date("2026-11-25T12:00:00Z");
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1_000);
const daysBefore = (end: Date, days: number): Date => new Date(end.getTime() - days * 86_400_000);

describe("a push", () => {
  const refused = (status: number, reason: string): PushOutcome => ({ kind: "refused", status, reason });

  it("that fails has the consequence that its reason asks for", () => {
    const expected: readonly [PushOutcome, Verdict, boolean][] = [
      [{ kind: "taken" }, "taken", false],
      [refused(410, "Unregistered"), "dead_token", false],
      [refused(410, "ExpiredToken"), "dead_token", false],
      [refused(400, "BadDeviceToken"), "dead_token", false],
      [refused(400, "DeviceTokenNotForTopic"), "dead_token", false],
      [refused(400, "TopicDisallowed"), "topic_stopped", false],
      [refused(403, "BadCertificate"), "topic_stopped", false],
      [refused(403, "BadCertificateEnvironment"), "topic_stopped", false],
      [{ kind: "turned_away", reason: "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA" }, "topic_stopped", false],
      [refused(429, "TooManyRequests"), "later", false],
      [refused(500, "InternalServerError"), "later", true],
      [refused(503, "ServiceUnavailable"), "later", true],
      [refused(503, "Shutdown"), "later", true],
      [{ kind: "unanswered", reason: "timeout" }, "later", true],
      [refused(413, "PayloadTooLarge"), "given_up", false],
      [refused(400, "BadExpirationDate"), "given_up", false],
      [refused(404, "BadPath"), "given_up", false],
      [refused(405, "MethodNotAllowed"), "given_up", false],
    ];
    for (const [outcome, verdict, trouble] of expected)
      assert.deepEqual([verdictOn(outcome), isTrouble(outcome)], [verdict, trouble], JSON.stringify(outcome));
  });

  it("is tried again after pauses that grow and have an end", () => {
    const pauses = [0, 1, 2, 3, 4].map((attempts) => triedAgainAt(attempts, START, 0.5)?.getTime());
    assert.deepEqual(
      pauses.map((at) => at && (at - START.getTime()) / 1_000),
      [30, 120, 480, 1_800, undefined],
    );
    assert.notDeepEqual(triedAgainAt(0, START, 0), triedAgainAt(0, START, 1));
  });

  it("reminds a device that put a command off, more and more rarely", () => {
    const pauses = [1, 2, 3, 9].map((deliveries) => remindedAt(deliveries, START).getTime() - START.getTime());
    assert.deepEqual(
      pauses.map((ms) => ms / 60_000),
      [15, 60, 360, 360],
    );
  });
});

describe("a breaker", () => {
  it("opens after some troubles in a row, tries with one push, and closes when that works", () => {
    const breaker = new Breaker();
    for (let each = 0; each < 4; each++) breaker.failed(START, 0.5);
    assert.equal(breaker.admit(100, START), 100);
    breaker.worked();
    for (let each = 0; each < 5; each++) breaker.failed(START, 0.5);
    breaker.failed(after(14), 0.5);
    assert.deepEqual(breaker.openUntil, after(15));
    assert.equal(breaker.admit(100, after(14)), 0);
    assert.deepEqual([breaker.admit(100, after(15)), breaker.admit(100, after(15))], [1, 0]);
    breaker.failed(after(16), 0.5);
    assert.deepEqual(breaker.openUntil, after(16 + 30));
    assert.equal(breaker.admit(100, after(46)), 1);
    breaker.worked();
    assert.equal(breaker.admit(100, after(46)), 100);
  });
});

describe("a token bucket", () => {
  it("lets a second's worth through at once, and no more in the long run", () => {
    const bucket = new TokenBucket(10);
    assert.deepEqual([bucket.take(7, START), bucket.take(7, START), bucket.take(7, START)], [7, 3, 0]);
    assert.equal(bucket.take(7, after(0.5)), 5);
    assert.equal(bucket.take(70, after(60)), 10);
  });
});

describe("the end of a push certificate", () => {
  it("is told weeks ahead, each warning once, and of several that were missed the last", () => {
    const end = START;
    const due = (days: number, warned?: number) => dueWarning(end, warned, daysBefore(end, days));
    assert.deepEqual([due(31), due(30), due(20, 30), due(14, 30)], [undefined, 30, undefined, 14]);
    assert.deepEqual([due(3), due(3, 7), due(1, 7), due(-5, 1)], [7, undefined, 1, undefined]);
  });
});
