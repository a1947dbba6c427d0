import { parseArgs } from "node:util";
import { allHold, formatFindings } from "./findings.ts";
import { formatInflicted } from "./nemesis.ts";
import { runFaults } from "./run-faults.ts";

const USAGE = `npm run faults -- [options]
  --minutes 10        how long the platform is injured
  --seed 1            what happens in which order; printed, so that a run can be repeated
  --hosts 2000        simulated osquery hosts
  --agents 20         simulated agents that run commands
  --replicas 1        processes of each service; with more, one is lost now and then while the others serve
  --changes 20        changes of facts a second
  --only "kill -9"    only this kind of injury; may be given several times
  --keep              leave the data folder and the logs
  --json              the report as one JSON object
`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now()) },
    hosts: { type: "string", default: "2000" },
    agents: { type: "string", default: "20" },
    replicas: { type: "string", default: "1" },
    changes: { type: "string", default: "20" },
    only: { type: "string", multiple: true, default: [] },
    keep: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const runMs = Number(values.minutes) * 60_000;
const report = await runFaults({
  seed: values.seed,
  runMs,
  hosts: Number(values.hosts),
  agents: Number(values.agents),
  replicas: Number(values.replicas),
  changesPerSecond: Number(values.changes),
  only: values.only,
  rollBackMs: Math.min(30_000, runMs / 4),
  keep: values.keep,
  say,
});
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  const { seed, timeline, findings, counts, healedAfterMs } = report;
  process.stdout.write(`\nseed ${seed}: ${timeline.length} injuries\n`);
  for (const inflicted of timeline) process.stdout.write(`${formatInflicted(inflicted)}\n`);
  process.stdout.write(`\nhealed ${(healedAfterMs / 1_000).toFixed(1)} s after the last injury\n`);
  for (const [name, count] of Object.entries(counts)) process.stdout.write(`${String(count).padStart(9)}  ${name}\n`);
  process.stdout.write(`\n${formatFindings(findings)}`);
}
process.exitCode = allHold(report.findings) ? 0 : 1;
