import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { chartPrograms } from "./charts/programs.ts";
import { kubernetesSchemas } from "./charts/schemas.ts";
import { clusterPrograms } from "./cluster/programs.ts";

/** Installs the charts on a real API server, made on this machine for as long as it takes. */
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (process.getuid?.() !== 0) {
  say("The API server gets a network of its own, which takes root: run this as root.");
  process.exit(1);
}
// All that comes over the network is fetched here: the cluster has none but its own.
const programs = await clusterPrograms(say);
const charts = await chartPrograms(say);
const schemas = await kubernetesSchemas(say);
const inside = spawn(
  "unshare",
  ["--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", process.execPath].concat(
    join(import.meta.dirname, "cluster/inside-main.ts"),
    `--programs=${programs}`,
    `--helm=${join(charts, "helm")}`,
    `--definitions=${join(schemas, "definitions")}`,
  ),
  { stdio: "inherit" },
);
const [code] = (await once(inside, "close")) as [number | null];
process.exitCode = code ?? 1;
