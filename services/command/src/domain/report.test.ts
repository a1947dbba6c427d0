import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MAX_OUTPUT_BYTES, readReport } from "./report.ts";

describe("a device's report", () => {
  it("is read with what it says, and without what it says wrongly", () => {
    const report = readReport({
      state: "failed",
      reason: "exit_code",
      exitCode: 3,
      output: "no",
      startedAt: "2026-11-02T10:00:00Z",
      endedAt: 7,
    });
    assert.deepEqual(report, {
      state: "failed",
      result: {
        exitCode: 3,
        output: "no",
        outputTruncated: false,
        reason: "exit_code",
        startedAt: new Date("2026-11-02T10:00:00Z"),
        endedAt: undefined,
        apple: undefined,
      },
    });
  });

  it("is not understood when its state is none", () => {
    for (const state of [undefined, "done", 1, null]) assert.equal(readReport({ state }), undefined);
  });

  it("always has a reason when it failed", () => {
    assert.equal(readReport({ state: "failed" })?.result.reason, "failed");
    assert.equal(readReport({ state: "succeeded" })?.result.reason, "");
  });

  it("is cut at the limit, between two characters, and says so", () => {
    const result = readReport({ state: "succeeded", output: "ä".repeat(MAX_OUTPUT_BYTES) })?.result;
    assert.equal(Buffer.byteLength(result?.output ?? ""), MAX_OUTPUT_BYTES);
    const odd = readReport({ state: "succeeded", output: `x${"ä".repeat(MAX_OUTPUT_BYTES)}` })?.result;
    assert.deepEqual([odd?.output.endsWith("ä"), odd?.outputTruncated], [true, true]);
  });

  it("carries no NUL and no half character, which Postgres would not keep", () => {
    assert.equal(readReport({ state: "succeeded", output: "a\0b" })?.result.output, "a\uFFFDb");
    assert.equal(readReport({ state: "failed", reason: "\ud800!" })?.result.reason, "\uFFFD!");
  });

  it("carries no exit code and no time that cannot be one", () => {
    const result = readReport({
      state: "succeeded",
      exitCode: 2 ** 40,
      startedAt: "+275760-09-13T00:00:00.000Z",
    })?.result;
    assert.deepEqual([result?.exitCode, result?.startedAt], [undefined, undefined]);
  });
});
