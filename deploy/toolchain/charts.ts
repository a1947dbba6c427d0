import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MissingGo } from "./charts/made-once.ts";
import { chartPrograms } from "./charts/programs.ts";
import { KUBERNETES, kubernetesSchemas, NEWEST_KUBERNETES, SCHEMA_FILE } from "./charts/schemas.ts";
import { LACKS_A_PROGRAM } from "./steps.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({ options: { write: { type: "boolean" } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Images have tags that never move; a service that is held back when the machine is idle answers devices late for nothing. */
const POLICY = [
  "--output-format=ci",
  `--kubernetes-version=v${NEWEST_KUBERNETES.split(".").slice(0, 2).join(".")}`,
  "--ignore-test=container-image-pull-policy",
  "--ignore-container-cpu-limit",
];

const { programs, schemas } = await prepare();
const problems: string[] = [];

const charts = readdirSync(join(root, "charts"))
  .map((name) => join("charts", name))
  .filter((chart) => existsSync(join(root, chart, "Chart.yaml")));
for (const chart of charts) {
  const examples = readdirSync(join(root, chart, "examples")).filter((file) => file.endsWith(".yaml"));
  for (const example of examples) {
    check(
      "helm",
      "lint",
      "--strict",
      "--quiet",
      chart,
      `--kube-version=${NEWEST_KUBERNETES}`,
      `--values=${chart}/examples/${example}`,
    );
  }
  check("helm-unittest", "--strict", "--color=false", chart);
  const rendered = examples.map((example) => render(chart, example));
  removeOrphans(chart, examples);
  for (const file of rendered) check("kube-score", "score", ...POLICY, file);
  for (const version of KUBERNETES) {
    check(
      "kubeconform",
      "-strict",
      "-summary",
      `-kubernetes-version=${version}`,
      `-schema-location=${schemas}/v${version}/${SCHEMA_FILE}`,
      `-schema-location=${schemas}/custom/${SCHEMA_FILE}`,
      ...rendered,
    );
  }
}
for (const problem of problems) say(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

async function prepare(): Promise<{ readonly programs: string; readonly schemas: string }> {
  try {
    return { programs: await chartPrograms(say), schemas: await kubernetesSchemas(say) };
  } catch (error) {
    if (!(error instanceof MissingGo)) throw error;
    say(error.message);
    process.exit(LACKS_A_PROGRAM);
  }
}

/** What an example's values come to, which a reviewer reads beside the change that caused it. */
function render(chart: string, example: string): string {
  const golden = `${chart}/examples/golden/${example}`;
  const now = run("helm", [
    "template",
    "muster",
    chart,
    "--namespace=muster",
    `--kube-version=${NEWEST_KUBERNETES}`,
    `--values=${chart}/examples/${example}`,
  ]);
  const path = join(root, golden);
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (now.status !== 0) problems.push(`${chart}/examples/${example} cannot be rendered:\n${now.output}`);
  else if (values.write) writeFileSync(path, now.output);
  else if (now.output !== before) {
    problems.push(
      `${golden} is not what the chart makes of its example. Run \`npm run charts -- --write\` and look at the difference.`,
    );
  }
  return golden;
}

function removeOrphans(chart: string, examples: readonly string[]): void {
  const folder = `${chart}/examples/golden`;
  for (const file of readdirSync(join(root, folder)).filter((each) => !examples.includes(each))) {
    if (values.write) rmSync(join(root, folder, file));
    else problems.push(`${folder}/${file} has no example. Run \`npm run charts -- --write\`.`);
  }
}

function check(program: string, ...args: string[]): void {
  const { status, output } = run(program, args);
  if (status !== 0) problems.push(`${program} ${args[0]} ${args.at(-1)} failed:\n${output}`);
}

function run(program: string, args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(join(programs, program), args, { cwd: root, encoding: "utf8" });
  return { status, output: status === 0 ? stdout : stdout + stderr };
}
