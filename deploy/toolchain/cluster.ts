import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chartPrograms } from "./charts/programs.ts";
import { kubernetesSchemas } from "./charts/schemas.ts";
import { nodeInputs } from "./cluster/node/inputs.ts";
import { clusterPrograms } from "./cluster/programs.ts";

/** Installs the charts on a real API server, made on this machine for as long as it takes; `--node` runs their pods too. */
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const { values } = parseArgs({ options: { node: { type: "boolean", default: false } } });

if (process.getuid?.() !== 0) {
  say("The API server gets a network of its own, which takes root: run this as root.");
  process.exit(1);
}
await using closing = new AsyncDisposableStack();
let cluster: ChildProcess | undefined;
const stop = (): void =>
  void (cluster === undefined ? closing.disposeAsync().finally(() => process.exit(1)) : cluster.kill("SIGKILL"));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
// All that comes over the network is fetched here: the cluster has none but its own.
const programs = await clusterPrograms(say);
const helm = join(await chartPrograms(say), "helm");
const inputs = { programs, helm };
process.exitCode = values.node
  ? await inside("node-main.ts", { ...inputs, ...(await nodeInputs(say, closing)) })
  : await inside("inside-main.ts", { ...inputs, definitions: join(await kubernetesSchemas(say), "definitions") });

/** In a network, with processes and mounts of its own, which end as this process does. */
async function inside(main: string, given: Readonly<Record<string, string>>): Promise<number> {
  cluster = spawn(
    "unshare",
    ["--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", process.execPath].concat(
      join(import.meta.dirname, "cluster", main),
      Object.entries(given).map(([option, value]) => `--${option}=${value}`),
    ),
    { stdio: "inherit" },
  );
  const [code] = (await once(cluster, "close")) as [number | null];
  return code ?? 1;
}
