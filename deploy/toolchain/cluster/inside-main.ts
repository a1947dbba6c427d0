import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { dataFolder } from "@muster/backing/data-folder";
import { progress } from "../../local/progress.ts";
import { commandLine } from "./command-line.ts";
import { startControlPlane } from "./control-plane.ts";
import { proveChart } from "./prove-chart.ts";

/** Runs in a network, with processes and mounts of its own: what it starts is gone with it. */
const { values } = parseArgs({
  options: { programs: { type: "string" }, helm: { type: "string" }, definitions: { type: "string" } },
});
const { programs = "", helm: helmProgram = "", definitions = "" } = values;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const step = progress({ say, now: Date.now });
const folder = await mkdtemp(join(tmpdir(), "muster-cluster-"));
await using closing = new AsyncDisposableStack();
closing.defer(() => rm(folder, { recursive: true, force: true }));
await dataFolder(folder, { traversable: true });

ip("link", "set", "lo", "up");
ip("link", "add", "muster", "type", "bridge");

const { kubeconfigs } = await step("etcd, API server, controllers, scheduler", () =>
  startControlPlane(programs, folder, closing),
);
const kubectl = commandLine(join(programs, "kubectl"), kubeconfigs.administrator, root);
const helm = commandLine(helmProgram, kubeconfigs.administrator, root);
await step("definitions of what others brought", async () => {
  const files = (await readdir(definitions)).map((file) => `--filename=${join(definitions, file)}`);
  await kubectl(["apply", "--server-side", ...files]);
  await kubectl(["wait", "--for=condition=Established", "--timeout=60s", "customresourcedefinitions", "--all"]);
});
say((await kubectl(["version"])).replaceAll("\n", ", "));
await proveChart({ root, kubectl, helm, say, step });

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")} ended with ${status}: ${stderr}`);
}
