import { readFileSync } from "node:fs";

export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Environment that lets the test runs of a step append their totals to `file`. */
export function countingTests(file: string, by: "itself" | "reporter"): NodeJS.ProcessEnv {
  const reporter = new URL("./totals-reporter.ts", import.meta.url).pathname;
  return {
    MUSTER_TEST_TOTALS: file,
    // Every `node --test` below takes it beside the reporter that it names: they add up, and each needs a destination.
    ...(by === "reporter" && {
      NODE_OPTIONS: `--test-reporter=${reporter} --test-reporter-destination=stdout --test-reporter-destination=stdout`,
    }),
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
