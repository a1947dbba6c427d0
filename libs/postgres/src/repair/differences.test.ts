import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import {
  addDigests,
  type Digest,
  differenceOf,
  differingMinutes,
  isLost,
  mayBeLost,
  progressTo,
  SETTLE_MS,
} from "./differences.ts";
import { lowestIdAt, MINUTE_MS, minuteOf, timeOf } from "./event-time.ts";
import { bytesOfIds, bytesOfSum, idsInBytes, sumInBytes } from "./id-bytes.ts";

const NOW = 1_790_000_000_000;
const SECOND_MS = 1_000;
const id = fc
  .tuple(fc.integer({ min: NOW - 5 * MINUTE_MS, max: NOW }), fc.bigInt({ min: 0n, max: (1n << 48n) - 1n }))
  .map(([ms, chance]) => lowestIdAt(ms).slice(0, 24) + chance.toString(16).padStart(12, "0"));
const ids = fc.uniqueArray(id, { maxLength: 40 });

function digestsOf(events: readonly string[]): Map<number, Digest> {
  const digests = new Map<number, Digest>();
  for (const event of events) {
    const minute = minuteOf(timeOf(event));
    const sum = BigInt(`0x${event.replaceAll("-", "")}`);
    digests.set(minute, addDigests(digests.get(minute), { count: 1, sum }));
  }
  return digests;
}

describe("digests", () => {
  it("differ in exactly the minutes whose events differ, in whatever order they were added", () => {
    fc.assert(
      fc.property(ids, fc.array(fc.nat(39)), fc.array(fc.nat(39)), (events, unheard, untold) => {
        const heard = events.filter((_event, index) => !unheard.includes(index));
        const told = events.filter((_event, index) => !untold.includes(index)).toReversed();
        const { missing, extra } = differenceOf(heard, told);
        const minutes = [...new Set([...missing, ...extra].map((event) => minuteOf(timeOf(event))))];
        assert.deepEqual(
          differingMinutes(digestsOf(heard), digestsOf(told)),
          minutes.toSorted((one, other) => one - other),
        );
      }),
    );
  });

  it("and ids travel as bytes without a change", () => {
    fc.assert(
      fc.property(ids, (events) => {
        assert.deepEqual(idsInBytes(bytesOfIds(events)), events);
        for (const { sum } of digestsOf(events).values()) assert.equal(sumInBytes(bytesOfSum(sum)), sum);
      }),
    );
  });
});

describe("an event that is missing", () => {
  const head = lowestIdAt(NOW - 60 * SECOND_MS);
  const older = lowestIdAt(NOW - 90 * SECOND_MS);
  const newer = lowestIdAt(NOW - 50 * SECOND_MS);
  const goesOn = { head, since: NOW - SECOND_MS };

  it("is late while it is newer than what was heard and the consumer goes on", () => {
    assert.equal(isLost(newer, goesOn, NOW - MINUTE_MS, NOW), false);
    assert.equal(mayBeLost(minuteOf(NOW), goesOn, undefined, NOW), false);
  });

  it("is lost when it is older than what was heard and no replica can have it in hand any more", () => {
    assert.equal(isLost(older, goesOn, NOW - SECOND_MS, NOW), false);
    assert.equal(isLost(older, goesOn, NOW - MINUTE_MS, NOW), true);
    assert.equal(mayBeLost(minuteOf(timeOf(older)), goesOn, undefined, NOW), true);
  });

  it("is lost when the consumer stands still, though nothing newer was heard", () => {
    const stands = { head, since: NOW - SETTLE_MS };
    assert.equal(isLost(newer, stands, NOW, NOW), true);
    assert.equal(isLost(newer, { head: "", since: NOW - SETTLE_MS }, NOW, NOW), true);
  });

  it("shows progress only when something newer was heard", () => {
    const before = progressTo(undefined, head, NOW);
    assert.deepEqual(progressTo(before, head, NOW + 1), before);
    assert.deepEqual(progressTo(before, older, NOW + 1), before);
    assert.deepEqual(progressTo(before, newer, NOW + 1), { head: newer, since: NOW + 1 });
  });
});
