import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { API_SERVER } from "./network.ts";

/** The one node that a cluster with pods has. */
export const NODE_NAME = "muster-node";

/** Who knows the API server, by the user and the group that Kubernetes' own roles are bound to. */
const IDENTITIES = {
  administrator: { user: "administrator", group: "system:masters" },
  "kube-controller-manager": { user: "system:kube-controller-manager", group: "" },
  "kube-scheduler": { user: "system:kube-scheduler", group: "" },
  "kube-proxy": { user: "system:kube-proxy", group: "" },
  kubelet: { user: `system:node:${NODE_NAME}`, group: "system:nodes" },
  "kube-router": { user: "kube-router", group: "" },
  coredns: { user: "coredns", group: "" },
} as const;

export type Identity = keyof typeof IDENTITIES;
export type Kubeconfigs = Readonly<Record<Identity, string>>;

/** The API server's list of tokens, and a kubeconfig for each identity. */
export async function writeIdentities(
  folder: string,
  authority: string,
): Promise<{ readonly tokens: string; readonly kubeconfigs: Kubeconfigs }> {
  const lines: string[] = [];
  const kubeconfigs = {} as Record<Identity, string>;
  for (const [name, { user, group }] of Object.entries(IDENTITIES)) {
    const token = randomBytes(24).toString("hex");
    lines.push(`${token},${user},${user},"${group}"`);
    kubeconfigs[name as Identity] = join(folder, `${name}.kubeconfig`);
    await writeFile(kubeconfigs[name as Identity], kubeconfig(token, authority), { mode: 0o600 });
  }
  const tokens = join(folder, "tokens.csv");
  await writeFile(tokens, `${lines.join("\n")}\n`, { mode: 0o600 });
  return { tokens, kubeconfigs };
}

/** YAML takes JSON as it is. */
const kubeconfig = (token: string, authority: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "muster",
        cluster: { server: API_SERVER, "certificate-authority-data": Buffer.from(authority).toString("base64") },
      },
    ],
    users: [{ name: "muster", user: { token } }],
    contexts: [{ name: "muster", context: { cluster: "muster", user: "muster" } }],
    "current-context": "muster",
  });
