// Runs the test files that patterns name, so many at once. `node --test` would take them by name; here those of `--first`
// begin first, so that no long one is left over when all others are done.
import { globSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { parseArgs } from "node:util";
import totals from "./totals-reporter.ts";

const { values, positionals } = parseArgs({
  options: { "at-once": { type: "string" }, first: { type: "string", multiple: true, default: [] } },
  allowPositionals: true,
});
const named = (patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) => globSync(pattern, { exclude: (path) => path.endsWith("node_modules") }).sort());
const files = [...new Set([...named(values.first), ...named(positionals)])];
if (files.length === 0) throw new Error(`No file is named ${positionals.join(" or ")}`);

const events = run({ files, concurrency: Number(values["at-once"]) });
events.on("test:fail", ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
events.compose(new spec()).pipe(process.stdout);
if (process.env["MUSTER_TEST_TOTALS"] !== undefined) events.compose(totals).resume();
