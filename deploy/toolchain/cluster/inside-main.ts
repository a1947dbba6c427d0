import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { dataFolder } from "@muster/backing/data-folder";
import { progress } from "../../local/progress.ts";
import { openSecrets } from "../../local/secrets.ts";
import { startClusterBacking } from "./backing.ts";
import { commandLine } from "./command-line.ts";
import { startControlPlane } from "./control-plane.ts";
import { DEVICES, PEOPLES } from "./doors.ts";
import { layNetwork } from "./network.ts";
import { startNode } from "./node.ts";
import { proveChart } from "./prove-chart.ts";
import { proveRelease } from "./prove-release.ts";

/** Runs in a network, with processes and mounts of its own: what it starts is gone with it. */
const { values, positionals: images } = parseArgs({
  options: {
    programs: { type: "string" },
    helm: { type: "string" },
    definitions: { type: "string" },
    cgroup: { type: "string" },
  },
  allowPositionals: true,
});
const { programs = "", definitions = "", cgroup = "" } = values;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const show = (text: string): void => say(text.replaceAll(/^/gm, "          "));
const step = progress({ say, now: Date.now });

const folder = await mkdtemp(join(tmpdir(), "muster-cluster-"));
await using closing = new AsyncDisposableStack();
closing.defer(() => rm(folder, { recursive: true, force: true }));
await dataFolder(folder, { traversable: true });
layNetwork();

const controlPlane = await step("etcd, API server, controllers, scheduler", () =>
  startControlPlane(programs, folder, closing),
);
const { administrator } = controlPlane.kubeconfigs;
const kubectl = commandLine(join(programs, "kubectl"), administrator, root);
const helm = commandLine(values.helm ?? "", administrator, root);
await step("definitions of what others bring", async () => {
  const files = (await readdir(definitions)).map((file) => `--filename=${join(definitions, file)}`);
  await kubectl(["apply", "--server-side", ...files]);
  await kubectl(["wait", "--for=condition=Established", "--timeout=60s", "customresourcedefinitions", "--all"]);
});
show(await kubectl(["version"]));
const proof = { root, kubectl, helm, step, show };
await proveChart(proof);

await step("containerd, kubelet, kube-proxy, CoreDNS", async () => {
  await startNode({ programs, folder, cgroup, controlPlane, images, names: [PEOPLES, DEVICES], closing });
  await kubectl(["wait", "--for=condition=Ready", "--timeout=120s", "nodes", "--all"]);
});
show(await kubectl(["get", "nodes", "--output=wide"]));
const backing = await step("Postgres and NATS", () => startClusterBacking(folder, say, closing));
const secrets = await openSecrets(join(folder, "secrets"), new Date());
await proveRelease({ ...proof, folder, secrets, backing, closing });
