import { readFileSync } from "node:fs";

export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Environment that makes every `node --test` below a process append its totals to `file`, whatever reporter it names
 * itself: reporters add up, and each needs a destination.
 */
export function countingTests(file: string): NodeJS.ProcessEnv {
  const reporter = new URL("./totals-reporter.mjs", import.meta.url).pathname;
  return {
    NODE_OPTIONS: `--test-reporter=${reporter} --test-reporter-destination=stdout --test-reporter-destination=stdout`,
    MUSTER_TEST_TOTALS: file,
  };
}

/** The sum of what the runs appended to `file`. */
export function readTotals(file: string): TestTotals {
  const runs = readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as TestTotals);
  const sum = (key: keyof TestTotals): number => runs.reduce((total, run) => total + run[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}
