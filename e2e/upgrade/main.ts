import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { allHold, formatFindings } from "../faults/findings.ts";
import { beforeNewestMigration, titleOf } from "./earlier-version.ts";
import { runUpgrade } from "./run-upgrade.ts";

const USAGE = `npm run upgrade -- [options]
  --from REVISION     what is upgraded from and rolled back to; the commit before the newest migration when left out
  --hosts 30          simulated osquery hosts
  --agents 4          simulated agents that run commands
  --apple 4           simulated Apple devices that take commands
  --beside 4          how many seconds each state of the upgrade lasts
  --keep              leave the folders and the logs
`;

const { values } = parseArgs({
  options: {
    from: { type: "string" },
    hosts: { type: "string", default: "30" },
    agents: { type: "string", default: "4" },
    apple: { type: "string", default: "4" },
    beside: { type: "string", default: "4" },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const root = fileURLToPath(new URL("../..", import.meta.url));
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const from = values.from ?? (await beforeNewestMigration(root));
say(`from ${await titleOf(root, from)}\nto   ${await titleOf(root, "HEAD")}, with what is changed here`);
const { findings, counts } = await runUpgrade({
  root,
  from,
  hosts: Number(values.hosts),
  agents: Number(values.agents),
  apple: Number(values.apple),
  besideMs: Number(values.beside) * 1_000,
  keep: values.keep,
  say,
});
for (const [name, count] of Object.entries(counts)) process.stdout.write(`${String(count).padStart(9)}  ${name}\n`);
process.stdout.write(`\n${formatFindings(findings)}`);
process.exitCode = allHold(findings) ? 0 : 1;
