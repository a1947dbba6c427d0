import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { PAUSE } from "./images.ts";
import { BRIDGE, NODE_ADDRESS, POD_NETWORK } from "./network.ts";
import type { NodeInputs, StartDaemon } from "./node.ts";

/** Starts containerd, with the images that pods need; answers its socket. */
export async function startRuntime(inputs: NodeInputs, start: StartDaemon): Promise<string> {
  const { programs, folder, images } = inputs;
  const socket = join(folder, "containerd.sock");
  const networks = join(folder, "networks");
  await mkdir(networks);
  await writeFile(join(networks, "muster.conflist"), JSON.stringify(NETWORK));
  const settings = join(folder, "containerd.toml");
  await writeFile(settings, containerdSettings({ programs, folder, socket, networks }));
  const ask = (...args: string[]): Promise<unknown> =>
    promisify(execFile)(join(programs, "ctr"), ["--address", socket, "--namespace", "k8s.io", ...args]);
  await start("containerd", ["--config", settings], () =>
    ask("version").then(
      () => true,
      () => false,
    ),
  );
  for (const image of images) await ask("images", "import", image);
  return socket;
}

/** Pods are plugged to the bridge; a pod may reach itself through its Service. */
const NETWORK = {
  cniVersion: "1.0.0",
  name: "muster",
  plugins: [
    {
      type: "bridge",
      bridge: BRIDGE,
      isDefaultGateway: true,
      hairpinMode: true,
      ipam: {
        type: "host-local",
        ranges: [[{ subnet: POD_NETWORK, rangeStart: "10.207.1.1", gateway: NODE_ADDRESS }]],
      },
    },
  ],
};

interface Places {
  readonly programs: string;
  readonly folder: string;
  readonly socket: string;
  readonly networks: string;
}

const containerdSettings = ({ programs, folder, socket, networks }: Places): string => `
version = 3
root = "${folder}/containerd"
state = "${folder}/containerd-state"
disabled_plugins = ["io.containerd.nri.v1.nri"]
[grpc]
address = "${socket}"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "${PAUSE}"
[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["${programs}"]
conf_dir = "${networks}"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
SystemdCgroup = false
`;
