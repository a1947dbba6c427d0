import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatReport, Measurements, measured, median } from "./load-report.ts";

describe("a load report", () => {
  it("takes the median of the rounds of one name", () => {
    assert.equal(median([5, 1, 9]), 5);
    assert.equal(median([10, 1, 9, 2]), 5.5);
    const measurements = new Measurements();
    for (const rate of [100, 9000, 120]) measurements.add("osquery.empty_reads_per_s", rate, "1/s");
    assert.deepEqual(measurements.report().results, [{ name: "osquery.empty_reads_per_s", value: 120, unit: "1/s" }]);
  });

  it("lines its columns up for people", () => {
    const measurements = new Measurements();
    measurements.add("a", 1_234_567, "1/s");
    measurements.add("longer", 1.239, "ms");
    const [, ...lines] = formatReport(measurements.report()).split("\n");
    assert.deepEqual(lines, ["a       1,234,567  1/s", "longer       1.24  ms"]);
  });

  it("keeps what was measured before a step that failed, and says why it ended", async () => {
    const report = await measured(async (measurements) => {
      measurements.add("a", 1, "1/s");
      throw new Error("the second step was answered with 503");
    });
    assert.deepEqual(report.results, [{ name: "a", value: 1, unit: "1/s" }]);
    assert.equal(report.failure, "the second step was answered with 503");
    assert.match(formatReport(report), /ended early: the second step was answered with 503/);
  });
});
