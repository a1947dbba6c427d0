import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { dataFolder } from "@muster/backing/data-folder";
import { progress } from "../../local/progress.ts";
import { startClusterBacking } from "./backing.ts";
import { commandLine } from "./command-line.ts";
import { startControlPlane } from "./control-plane.ts";
import { layNetwork } from "./network.ts";
import { type Proof, proveChart } from "./prove-chart.ts";
import { proveHooks } from "./prove-hooks.ts";

/** Runs in a network, with processes and mounts of its own: what it starts is gone with it. */
const { values } = parseArgs({
  options: {
    programs: { type: "string" },
    helm: { type: "string" },
    definitions: { type: "string" },
  },
});
const { programs = "", definitions = "" } = values;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const show = (text: string): void => say(text.replaceAll(/^/gm, "          "));
const step = progress({ say, now: Date.now });

const folder = await mkdtemp(join(tmpdir(), "muster-cluster-"));
await using closing = new AsyncDisposableStack();
closing.defer(() => rm(folder, { recursive: true, force: true }));
await dataFolder(folder, { traversable: true });
layNetwork();

const prove: Proof["prove"] = async (name, work) => show(await step(name, work));

const { kubeconfigs } = await step("etcd, API server, controllers", () => startControlPlane(programs, folder, closing));
const { administrator } = kubeconfigs;
const kubectl = commandLine(join(programs, "kubectl"), administrator, root);
const helm = commandLine(values.helm ?? "", administrator, root);
await prove("definitions of what others bring", async () => {
  const files = (await readdir(definitions)).map((file) => `--filename=${join(definitions, file)}`);
  await kubectl(["apply", "--server-side", ...files]);
  await kubectl(["wait", "--for=condition=Established", "--timeout=60s", "customresourcedefinitions", "--all"]);
  return kubectl(["version"]);
});
const proof = { root, folder, kubectl, helm, prove };
await proveChart(proof);
const backing = await step("Postgres, NATS and secrets", () => startClusterBacking(folder, say, closing));
await proveHooks({ ...proof, backing, closing });
