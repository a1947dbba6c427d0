// A node:test reporter that prints nothing and appends the totals of a run to the file MUSTER_TEST_TOTALS.
import { appendFileSync } from "node:fs";
import type { TestEvent } from "node:test/reporters";
import type { TestTotals } from "./test-totals.ts";

export default async function* totals(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    // With a file it is the summary of that file only; the one without sums up the run.
    if (type !== "test:summary" || data.file !== undefined) continue;
    // Node counts what failed, too; its types do not know.
    const { passed, failed, cancelled, skipped } = data.counts as typeof data.counts & { readonly failed: number };
    const run: TestTotals = { passed, failed: failed + cancelled, skipped };
    appendFileSync(process.env["MUSTER_TEST_TOTALS"] ?? "", `${JSON.stringify(run)}\n`);
    yield "";
  }
}
