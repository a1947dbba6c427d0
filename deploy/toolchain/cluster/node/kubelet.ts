import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readyByPort } from "../../../local/ready-by-port.ts";
import type { ControlPlane } from "../control-plane.ts";
import { NODE_NAME } from "../identities.ts";
import { NODE_ADDRESS } from "../network.ts";
import type { Start } from "../starter.ts";
import { CONTAINERD } from "./containerd.ts";

export interface KubeletInputs extends ControlPlane {
  readonly folder: string;
  /** Below which pods get theirs. */
  readonly controlGroup: string;
}

export async function startKubelet(start: Start, inputs: KubeletInputs): Promise<void> {
  const { folder, kubeconfigs, authority, controlGroup } = inputs;
  const names = join(folder, "resolv.conf");
  await writeFile(names, `nameserver ${NODE_ADDRESS}\n`);
  const config = join(folder, "kubelet.json");
  await writeFile(
    config,
    JSON.stringify({
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      address: NODE_ADDRESS,
      authentication: { anonymous: { enabled: false }, webhook: { enabled: false }, x509: { clientCAFile: authority } },
      authorization: { mode: "AlwaysAllow" },
      containerRuntimeEndpoint: `unix://${CONTAINERD}`,
      cgroupDriver: "cgroupfs",
      cgroupRoot: `/${controlGroup}`,
      // Machines with the first version of control groups will do, and such as swap.
      failCgroupV1: false,
      failSwapOn: false,
      clusterDNS: [NODE_ADDRESS],
      clusterDomain: "cluster.local",
      resolvConf: names,
      // How full the machine's disk is with other things is not the cluster's business.
      evictionHard: { "nodefs.available": "100Mi", "imagefs.available": "100Mi", "memory.available": "100Mi" },
      imageGCHighThresholdPercent: 100,
      makeIPTablesUtilChains: false,
    }),
  );
  await start("kubelet", readyByPort(10248), {
    config,
    kubeconfig: kubeconfigs.kubelet,
    "root-dir": join(folder, "kubelet"),
    "hostname-override": NODE_NAME,
    "node-ip": NODE_ADDRESS,
  });
}
