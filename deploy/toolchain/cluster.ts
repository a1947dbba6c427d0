import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { natsBinary } from "@muster/backing/nats-binary";
import { chartPrograms } from "./charts/programs.ts";
import { kubernetesSchemas } from "./charts/schemas.ts";
import { removeCgroup } from "./cluster/cgroup.ts";
import { pauseImage, platformImage } from "./cluster/images.ts";
import { clusterPrograms } from "./cluster/programs.ts";
import { TAGS } from "./cluster/tags.ts";

/** Installs the chart on a real Kubernetes, made on this machine for as long as it takes. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (process.getuid?.() !== 0) {
  say("A node of Kubernetes takes root. Run it as root on a machine that may be thrown away.");
  process.exit(1);
}
// All that comes over the network is fetched here: the cluster has none but its own.
const programs = await clusterPrograms(say);
const charts = await chartPrograms(say);
const schemas = await kubernetesSchemas(say);
await natsBinary({ say });
const folder = await mkdtemp(join(tmpdir(), "muster-images-"));
const cgroup = `muster-cluster-${process.pid}`;
try {
  say("making the images");
  const images = [
    await pauseImage(join(programs, "pause"), folder),
    await platformImage(root, Object.values(TAGS), folder),
  ];
  const inside = spawn(
    "unshare",
    ["--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", process.execPath].concat(
      join(import.meta.dirname, "cluster/inside-main.ts"),
      `--programs=${programs}`,
      `--helm=${join(charts, "helm")}`,
      `--definitions=${join(schemas, "definitions")}`,
      `--cgroup=${cgroup}`,
      images,
    ),
    { stdio: "inherit" },
  );
  const [code] = (await once(inside, "close")) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await removeCgroup(cgroup);
  await rm(folder, { recursive: true, force: true });
}
