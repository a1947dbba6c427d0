import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { LACKS_A_PROGRAM, type Step, steps } from "./steps.ts";
import { containerBacking, embeddedBacking, type TestBacking } from "./test-backing.ts";
import { countingTests, readTotals } from "./test-totals.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** A step that hangs is a failure, not a night without a result. */
const STEP_WITHIN_MS = 25 * 60_000;

/** Continuous integration has everything; elsewhere a step is left out for which a program is missing. */
const MAY_SKIP = process.env["CI"] !== "true";
const WORDS = { passed: "ok  ", failed: "FAIL", skipped: "skip" } as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({ options: { only: { type: "string" } } });
const all = steps(root);
const chosen = values.only?.split(",");
const unknown = chosen?.filter((name) => all.every((step) => step.name !== name)) ?? [];
if (unknown.length > 0) {
  process.stderr.write(`No such step: ${unknown.join(", ")}. There are: ${all.map(({ name }) => name).join(", ")}.\n`);
  process.exit(2);
}

// Leaving through exit() lets the backing servers be ended on the way out.
process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

const scratch = await mkdtemp(join(tmpdir(), "muster-test-"));
const totalsFile = join(scratch, "totals");
await writeFile(totalsFile, "");
const totals = { passed: 0, failed: 0, skipped: 0 };
let backing: TestBacking | undefined;
try {
  for (const step of all.filter(({ name }) => chosen?.includes(name) ?? true)) {
    if (step.needsBacking) backing ??= await startBacking();
    const startedAt = Date.now();
    const { result, output } = await run(step, environmentOf(step));
    say(`${WORDS[result]} ${step.name.padEnd(10)} ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    if (!step.countsTests) totals[result] += 1;
    if (result !== "passed") say(output.trimEnd());
    if (result !== "failed") continue;
    if (step.countsTests && readTotals(totalsFile).failed === 0) totals.failed += 1;
    break;
  }
} finally {
  await backing?.stop();
}
const tests = readTotals(totalsFile);
await rm(scratch, { recursive: true, force: true });
const skipped = totals.skipped + tests.skipped;
say(
  `${totals.passed + tests.passed} passed, ${totals.failed + tests.failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`,
);
process.exitCode = totals.failed + tests.failed === 0 ? 0 : 1;

function startBacking(): Promise<TestBacking> {
  return process.env["MUSTER_TEST_BACKING"] === "containers" ? containerBacking() : embeddedBacking(say);
}

function environmentOf(step: Step): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: join(root, "node_modules/.bin") + delimiter + process.env["PATH"],
    ...(step.countsTests && countingTests(totalsFile, step.countsTests)),
    ...(backing && { MUSTER_TEST_DATABASE_URL: backing.databaseUrl, MUSTER_TEST_NATS_URL: backing.natsUrl }),
  };
}

function run(step: Step, env: NodeJS.ProcessEnv): Promise<{ result: keyof typeof WORDS; output: string }> {
  const [command = "", ...args] = step.command;
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], timeout: STEP_WITHIN_MS });
    let output = "";
    const collect = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    child.once("error", (error) => resolve({ result: "failed", output: error.message }));
    child.once("close", (code) => resolve({ result: resultOf(code), output }));
  });
}

function resultOf(code: number | null): keyof typeof WORDS {
  if (code === 0) return "passed";
  return code === LACKS_A_PROGRAM && MAY_SKIP ? "skipped" : "failed";
}
