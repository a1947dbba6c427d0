import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLASS_RATIO, percentile } from "./latency-classes.ts";

/** The classes of times in milliseconds, the shortest first. */
function classesOf(times: readonly number[]) {
  const counts = new Map<number, number>();
  for (const ms of times) {
    const each = Math.floor(Math.log(ms) / Math.log(CLASS_RATIO));
    counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  return [...counts].map(([each, commands]) => ({ class: each, commands })).toSorted((a, b) => a.class - b.class);
}

describe("percentiles from classes", () => {
  it("are within a tenth of those of the times themselves, from milliseconds to days", () => {
    for (const longest of [50, 4_000, 9 * 86_400_000]) {
      const times = Array.from({ length: 1_000 }, (_, index) => Math.max(1, (longest * (index + 1)) / 1_000));
      for (const share of [0.5, 0.95]) {
        const [told, real] = [percentile(classesOf(times), share), longest * share];
        assert.ok(Math.abs(told - real) / real < 0.1, `${told} for ${real}`);
      }
    }
  });

  it("are the same class where all took the same", () => {
    const told = [0.5, 0.95].map((share) => percentile(classesOf([700, 700, 700]), share));
    for (const ms of told) assert.ok(ms > 700 / CLASS_RATIO && ms < 700 * CLASS_RATIO, String(ms));
  });
});
