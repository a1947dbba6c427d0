import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { chartPrograms } from "./charts/programs.ts";
import { kubernetesSchemas } from "./charts/schemas.ts";
import { clusterPrograms } from "./cluster/programs.ts";

/** Installs the chart on a real Kubernetes, made on this machine for as long as it takes. */
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (process.getuid?.() !== 0) {
  say("A Kubernetes of one machine takes root: run it with sudo, on a machine that may be thrown away.");
  process.exit(1);
}
const [programs, charts, schemas] = [
  await clusterPrograms(say),
  await chartPrograms(say),
  await kubernetesSchemas(say),
];
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
