import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Administrator } from "../local/administrator.ts";
import { SERVICES } from "../local/topology.ts";
import { makeSecrets } from "./charts/chart-secrets.ts";
import { chartPrograms } from "./charts/programs.ts";
import { ACCOUNTS_DIR, ADMIN_URL, NATS_URL, startBacking } from "./images/backing.ts";
import { buildImages, IMAGES, imageOf, PROGRAMS, REPOSITORY, TAG } from "./images/build.ts";
import { chartPods, type Pod } from "./images/chart-pods.ts";
import { docker, originOf, requireEngine } from "./images/engine.ts";
import { enrollHost } from "./images/host.ts";
import { processorMs, startUntilReady, stopInOrder } from "./images/life.ts";
import { containerOf, HARDENED, runArguments } from "./images/pod-container.ts";
import { imageSize, type Row, table } from "./images/table.ts";

// Builds every image, runs the platform from them as the chart would, one container for each, and ends it again.
// `--platform linux/arm64` does so with images of another architecture, which the kernel has to emulate; `--image gateway` with that alone.
const root = fileURLToPath(new URL("../..", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const { values } = parseArgs({
  options: {
    platform: { type: "string" },
    image: { type: "string", multiple: true, default: [...IMAGES] },
    "node-image": { type: "string" },
  },
});
const foreign = values.platform === undefined ? undefined : { platform: values.platform, images: values.image };

await requireEngine();
const helm = join(await chartPrograms(say), "helm");
await buildImages({ root, foreign, nodeImage: values["node-image"], say });
for (const name of PROGRAMS) await docker("run", "--rm", ...HARDENED, imageOf(name, foreign), "main.ts", "--help");

await using closing = new AsyncDisposableStack();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void closing.disposeAsync().finally(() => process.exit(1)));
}
const folder = await mkdtemp(join(tmpdir(), "muster-images-"));
closing.defer(() => rm(folder, { recursive: true, force: true }));
const { secrets, natsConfig, ingressKey } = await makeSecrets(folder, ADMIN_URL, ACCOUNTS_DIR);
const network = `muster-images-${process.pid}`;
await docker("network", "create", network);
closing.defer(async () => {
  await docker("network", "rm", network);
});
closing.defer(removeContainers);

say("starting Postgres and NATS");
await startBacking(network, natsConfig);

const pods = chartPods(helm, root, {
  "image.repository": REPOSITORY,
  "image.tag": TAG,
  "postgres.host": "postgres",
  "postgres.sslMode": "disable",
  "nats.url": NATS_URL,
  "nats.streamMib": "64",
}).map((pod) => ({ ...pod, image: imageOf(pod.image.slice(REPOSITORY.length + 1, -TAG.length - 1), foreign) }));
const argumentsOf = (pod: Pod) => runArguments(pod, { network, folder, secrets });
for (const step of pods.filter((pod) => pod.step)) {
  say(`step ${step.name}`);
  await docker("run", ...(await argumentsOf(step)));
}

const services = pods.filter((pod) => !pod.step);
const [startMs, processor, stopMs] = [new Map<string, number>(), new Map<string, number>(), new Map<string, number>()];
for (const { name } of SERVICES) {
  const pod = services.find((each) => each.name === name);
  if (pod === undefined) throw new Error(`The chart has no Deployment for ${name}.`);
  say(`starting ${name}`);
  const container = containerOf(pod, network);
  const emulated = foreign?.images.includes(name) ?? false;
  startMs.set(name, await startUntilReady(container, await argumentsOf(pod), emulated));
  processor.set(name, await processorMs(container));
}

const gateway = containerOf({ name: "gateway" }, network);
const made = await docker("exec", gateway.name, "node", "services/gateway/src/first-admin.ts");
const device = await enrollHost({
  gateway: await originOf(gateway, 8080),
  enrollment: await originOf(containerOf({ name: "enrollment" }, network), 8080),
  token: (JSON.parse(made) as Administrator).token,
  ingressKey,
});
say(`device ${device} enrolled, and its event came`);

for (const pod of services) stopMs.set(pod.name, await stopInOrder(containerOf(pod, network)));
const rows: Row[] = [];
for (const name of IMAGES) {
  rows.push({
    image: name,
    size: await imageSize(imageOf(name, foreign)),
    startMs: startMs.get(name),
    processorMs: processor.get(name),
    stopMs: stopMs.get(name),
  });
}
say(table(rows));

async function removeContainers(): Promise<void> {
  const all = await docker("ps", "--all", "--quiet", `--filter=network=${network}`);
  if (all !== "") await docker("rm", "--force", "--volumes", ...all.split("\n"));
}
