import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { progress } from "../../local/progress.ts";
import { readyByPort } from "../../local/ready-by-port.ts";
import { commandLine } from "./command-line.ts";
import { startControlPlane } from "./control-plane.ts";
import { NODE_NAME } from "./identities.ts";
import { layNetwork, routePods } from "./network.ts";
import { SANDBOX } from "./node/archive.ts";
import { startContainerd } from "./node/containerd.ts";
import { startKubelet } from "./node/kubelet.ts";
import { shieldMachine } from "./node/mounts.ts";
import { proveNode } from "./node/prove-node.ts";
import { startServices } from "./node/services.ts";
import { starter } from "./starter.ts";

/** Runs in a network, with processes and mounts of its own: what it starts is gone with it. */
const { values } = parseArgs({
  options: {
    programs: { type: "string", default: "" },
    node: { type: "string", default: "" },
    helm: { type: "string", default: "" },
    folder: { type: "string", default: "" },
    images: { type: "string", default: "" },
    "control-group": { type: "string", default: "" },
  },
});
const { programs, node, folder } = values;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const show = (text: string): void => say(text.replaceAll(/^/gm, "          "));
const step = progress({ say, now: Date.now });
const prove = async (name: string, work: () => Promise<string>): Promise<void> => show(await step(name, work));

await using closing = new AsyncDisposableStack();
shieldMachine(folder);
layNetwork();
routePods();
const start = starter({ programs: node, folder, closing });

const controlPlane = await step("etcd, API server, controllers", () => startControlPlane(programs, folder, closing));
const { kubeconfigs } = controlPlane;
const kubectl = commandLine(join(programs, "kubectl"), kubeconfigs.administrator, root);
await step("scheduler", () =>
  start("kube-scheduler", readyByPort(10259), {
    kubeconfig: kubeconfigs["kube-scheduler"],
    "leader-elect": "false",
    "bind-address": "127.0.0.1",
  }),
);
const importImages = await step("containerd", () =>
  startContainerd({ programs: node, folder, sandbox: SANDBOX, closing }),
);
await step("images", () => importImages(values.images));
await prove("kubelet, kube-proxy, kube-router, CoreDNS: a node that is ready", async () => {
  for (const [name, role, user] of [
    ["coredns", "view", "coredns"],
    ["kube-router", "view", "kube-router"],
    ["kube-router-nodes", "system:node-proxier", "kube-router"],
  ] as const)
    await kubectl(["create", "clusterrolebinding", name, `--clusterrole=${role}`, `--user=${user}`]);
  await startKubelet(start, { ...controlPlane, folder, controlGroup: values["control-group"] });
  await kubectl(["wait", "--for=create", "--timeout=60s", `node/${NODE_NAME}`]);
  // kube-proxy ends when the addresses of its node change, and first they are not there.
  await startServices(start, folder, kubeconfigs);
  await kubectl(["wait", "--for=condition=Ready", "--timeout=120s", `node/${NODE_NAME}`]);
  return kubectl(["get", "nodes", "--output=wide"]);
});
const helm = commandLine(values.helm, kubeconfigs.administrator, root);
await proveNode({ root, folder, kubectl, helm, prove, closing });
