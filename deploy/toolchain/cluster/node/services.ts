import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readyByPort } from "../../../local/ready-by-port.ts";
import { type Kubeconfigs, NODE_NAME } from "../identities.ts";
import { NODE_ADDRESS, POD_NETWORK, SERVICE_NETWORK } from "../network.ts";
import type { Start } from "../starter.ts";

/** Names that people and devices know, which are the node's own. */
export const CONSOLE_HOST = "muster.test";
export const DEVICE_HOST = "devices.muster.test";

/** What leads to a Service by its address, what holds pods to their policies, and what knows a Service's name. */
export async function startServices(start: Start, folder: string, kubeconfigs: Kubeconfigs): Promise<void> {
  const proxy = join(folder, "kube-proxy.json");
  await writeFile(
    proxy,
    JSON.stringify({
      apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
      kind: "KubeProxyConfiguration",
      mode: "nftables",
      clientConnection: { kubeconfig: kubeconfigs["kube-proxy"] },
      hostnameOverride: NODE_NAME,
      clusterCIDR: POD_NETWORK,
      healthzBindAddress: "127.0.0.1:10256",
      metricsBindAddress: "127.0.0.1:10249",
      // The table of connections is the machine's, and as large as it is.
      conntrack: { maxPerCore: 0, min: 0 },
    }),
  );
  await start("kube-proxy", readyByPort(10256), { config: proxy });
  await start("kube-router", readyByPort(20244), {
    kubeconfig: kubeconfigs["kube-router"],
    "hostname-override": NODE_NAME,
    "service-cluster-ip-range": SERVICE_NETWORK,
    "run-firewall": "true",
    "run-router": "false",
    "run-service-proxy": "false",
    "enable-cni": "false",
    "health-port": "20244",
  });

  const names = join(folder, "Corefile");
  await writeFile(
    names,
    `.:53 {
  bind ${NODE_ADDRESS}
  errors
  ready 127.0.0.1:8181
  hosts {
    ${NODE_ADDRESS} ${CONSOLE_HOST} ${DEVICE_HOST}
    fallthrough
  }
  kubernetes cluster.local {
    kubeconfig ${kubeconfigs.coredns}
  }
}
`,
  );
  await start("coredns", readyByPort(8181), { conf: names });
}
