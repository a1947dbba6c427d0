import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandLine } from "../command-line.ts";
import { BRIDGE, NODE_ADDRESS, POD_NETWORK } from "../network.ts";
import { starter } from "../starter.ts";

/** Where it listens by itself; the folder is of this cluster alone, as `shieldMachine` sees to. */
export const CONTAINERD = "/run/containerd/containerd.sock";

export interface ContainerdInputs {
  /** Where the node's programs are. */
  readonly programs: string;
  readonly folder: string;
  /** The image that holds a pod's namespaces. */
  readonly sandbox: string;
  readonly closing: AsyncDisposableStack;
}

/** Starts containerd, which plugs pods to the bridge; answers what imports an archive of images into it. */
export async function startContainerd(inputs: ContainerdInputs): Promise<(archive: string) => Promise<string>> {
  const { programs, folder, sandbox, closing } = inputs;
  const networks = join(folder, "networks");
  await mkdir(networks);
  await writeFile(join(networks, "10-muster.conflist"), JSON.stringify(podNetwork(folder)));
  const config = join(folder, "containerd.toml");
  await writeFile(
    config,
    `version = 4
imports = []
root = "${join(folder, "containerd")}"
[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "${sandbox}"
[plugins."io.containerd.cri.v1.runtime"]
# Where root may not spare a process from the kernel's choice of whom to kill, a pod starts all the same.
restrict_oom_score_adj = true
[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["${programs}"]
conf_dir = "${networks}"
`,
  );
  const ctr = commandLine(join(programs, "ctr"), "", folder);
  const inContainerd = ["--address", CONTAINERD, "--namespace", "k8s.io"];
  const answers = (): Promise<boolean> =>
    ctr([...inContainerd, "version"]).then(
      () => true,
      () => false,
    );
  const env = { ...process.env, PATH: `${programs}:${process.env["PATH"]}` };
  await starter({ programs, folder, env, closing })("containerd", answers, { config });
  return (archive) => ctr([...inContainerd, "images", "import", archive]);
}

const podNetwork = (folder: string): unknown => ({
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
        dataDir: join(folder, "addresses"),
        ranges: [[{ subnet: POD_NETWORK, rangeStart: "10.207.1.1", gateway: NODE_ADDRESS }]],
      },
    },
  ],
});
