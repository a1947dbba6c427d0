import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { environmentOf, type SecretContents, secretText } from "../charts/pod.ts";
import { grpcName, type Pod } from "./chart-pods.ts";
import type { Container } from "./engine.ts";

export interface PodInputs {
  readonly network: string;
  /** Where the files of its Secrets are written to. */
  readonly folder: string;
  readonly secrets: SecretContents;
}

/** What Kubernetes' restricted standard and the chart ask of every container. */
export const HARDENED: readonly string[] = [
  "--read-only",
  "--user=65532:65532",
  "--cap-drop=ALL",
  "--security-opt=no-new-privileges",
  "--tmpfs=/tmp:size=64m",
];

/** The arguments of `docker run` that make a container of a pod as the chart describes it. */
export async function runArguments(pod: Pod, inputs: PodInputs): Promise<readonly string[]> {
  const { network, folder, secrets } = inputs;
  const files = join(folder, pod.name);
  await mkdir(files, { mode: 0o755 });
  for (const { secret, key, path } of pod.files) {
    await writeFile(join(files, path), secretText(secrets, secret, key), { mode: 0o444 });
  }
  const environment = environmentOf(pod.env, secrets).map(([name, value]) => `--env=${name}=${value}`);
  return [
    `--name=${containerOf(pod, network).name}`,
    `--network=${network}`,
    ...HARDENED,
    `--memory=${pod.memory.replace(/i$/, "").toLowerCase()}`,
    `--volume=${files}:/etc/muster:ro`,
    ...(pod.step ? [] : [`--network-alias=${grpcName(pod)}`, "--publish=127.0.0.1::9090", "--publish=127.0.0.1::8080"]),
    ...environment,
    pod.image,
    ...pod.args,
  ];
}

export const containerOf = ({ name }: Pick<Pod, "name">, network: string): Container => ({
  name: `${network}-${name}`,
});
