import { writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { startServer } from "@muster/backing/server-process";
import { readyByPort } from "../../local/ready-by-port.ts";
import { makeCgroup } from "./cgroup.ts";
import type { ControlPlane } from "./control-plane.ts";
import { NODE_ADDRESS, NODE_NAME, POD_NETWORK } from "./network.ts";
import { startRuntime } from "./runtime.ts";

export interface NodeInputs {
  readonly programs: string;
  readonly folder: string;
  /** The group of processes under which all pods are. */
  readonly cgroup: string;
  readonly controlPlane: ControlPlane;
  /** Archives of images. */
  readonly images: readonly string[];
  /** Further names that pods find at the node. */
  readonly names: readonly string[];
  readonly closing: AsyncDisposableStack;
}

export type StartDaemon = (name: string, args: readonly string[], isReady: () => Promise<boolean>) => Promise<void>;

/** Starts what makes this machine a node: containerd with runc, kubelet, kube-proxy, and CoreDNS beside them. */
export async function startNode(inputs: NodeInputs): Promise<void> {
  const { programs, folder, controlPlane, names, closing } = inputs;
  const { kubeconfigs, authority } = controlPlane;
  const start: StartDaemon = async (name, args, isReady) => {
    const daemon = await startServer({
      name,
      command: join(programs, name),
      args,
      // containerd looks for its shims there, and kubelet for mount.
      env: { ...process.env, PATH: [programs, process.env["PATH"]].join(delimiter) },
      logFile: join(folder, `${name}.log`),
      stopSignal: "SIGTERM",
      readyWithinMs: 120_000,
      isReady,
    });
    closing.defer(() => daemon.stop());
  };
  const file = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };

  const socket = await startRuntime(inputs, start);
  await makeCgroup(inputs.cgroup);
  const settings = await file("kubelet.json", JSON.stringify(kubeletSettings(inputs, socket, authority)));
  await start(
    "kubelet",
    [
      `--config=${settings}`,
      `--kubeconfig=${kubeconfigs.kubelet}`,
      `--root-dir=${join(folder, "kubelet")}`,
      `--cert-dir=${join(folder, "kubelet-pki")}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${NODE_ADDRESS}`,
    ],
    readyByPort(10248),
  );
  await start(
    "kube-proxy",
    [
      `--kubeconfig=${kubeconfigs["kube-proxy"]}`,
      "--proxy-mode=iptables",
      `--cluster-cidr=${POD_NETWORK}`,
      `--hostname-override=${NODE_NAME}`,
      // The kernel's table of connections is the whole machine's: leave it as it is.
      "--conntrack-max-per-core=0",
    ],
    readyByPort(10256),
  );
  const hosts = names.map((name) => `    ${NODE_ADDRESS} ${name}\n`).join("");
  const corefile = await file(
    "Corefile",
    `.:53 {
  bind ${NODE_ADDRESS}
  ready 127.0.0.1:8181
  errors
  hosts {
${hosts}    fallthrough
  }
  kubernetes cluster.local {
    kubeconfig ${kubeconfigs.administrator}
  }
}
`,
  );
  await start("coredns", ["-conf", corefile], readyByPort(8181));
}

const kubeletSettings = ({ folder, cgroup }: NodeInputs, socket: string, authority: string): unknown => ({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  containerRuntimeEndpoint: `unix://${socket}`,
  // Machines of either kind will do.
  failCgroupV1: false,
  cgroupDriver: "cgroupfs",
  cgroupRoot: `/${cgroup}`,
  failSwapOn: false,
  clusterDNS: [NODE_ADDRESS],
  clusterDomain: "cluster.local",
  authentication: { anonymous: { enabled: false }, webhook: { enabled: false }, x509: { clientCAFile: authority } },
  authorization: { mode: "AlwaysAllow" },
  podLogsDir: join(folder, "pods"),
  volumePluginDir: join(folder, "volume-plugins"),
  // The disk is not the cluster's alone: how full it is must not drive pods away.
  evictionHard: { "memory.available": "100Mi" },
  imageGCHighThresholdPercent: 100,
});
