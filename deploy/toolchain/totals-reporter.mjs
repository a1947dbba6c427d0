// A node:test reporter that prints nothing and appends the totals of a run to the file MUSTER_TEST_TOTALS.
import { appendFileSync } from "node:fs";

export default async function* totals(events) {
  for await (const { type, data } of events) {
    // With a file it is the summary of that file only; the one without sums up the run.
    if (type !== "test:summary" || data.file !== undefined) continue;
    const { passed, failed, cancelled, skipped } = data.counts;
    appendFileSync(
      process.env.MUSTER_TEST_TOTALS,
      `${JSON.stringify({ passed, failed: failed + cancelled, skipped })}\n`,
    );
    yield "";
  }
}
