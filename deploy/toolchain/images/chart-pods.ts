import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { type SecretFile, secretFiles, type Variable, type Volume } from "../charts/pod.ts";
import { NEWEST_KUBERNETES } from "../charts/schemas.ts";

/** What the chart lets run: one container with its configuration, whose secrets are still named only. */
export interface Pod {
  /** Without the release: gateway, migrate-gateway, bootstrap. */
  readonly name: string;
  readonly step: boolean;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  readonly files: readonly SecretFile[];
  /** As Kubernetes has it, such as 512Mi. */
  readonly memory: string;
}

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly containers: readonly [
    {
      readonly image: string;
      readonly args: readonly string[];
      readonly env: readonly Variable[];
      readonly resources: { readonly limits: { readonly memory: string } };
    },
  ];
  readonly volumes: readonly Volume[];
}

const RELEASE = "muster";

/** The name under which others in the release ask a service over gRPC. */
export const grpcName = (pod: Pod): string => `${RELEASE}-${pod.name}-grpc`;

/** The pods of the chart with its least example and these values over it. */
export function chartPods(helm: string, root: string, values: Readonly<Record<string, string>>): readonly Pod[] {
  const chart = join(root, "charts/muster");
  const { status, stdout, stderr } = spawnSync(
    helm,
    [
      "template",
      RELEASE,
      chart,
      `--kube-version=${NEWEST_KUBERNETES}`,
      `--values=${chart}/examples/minimal.yaml`,
    ].concat(Object.entries(values).map(([path, value]) => `--set=${path}=${value}`)),
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`The chart cannot be rendered:\n${stderr}`);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object): object is Rendered => object?.kind === "Deployment" || object?.kind === "Job")
    .map(({ kind, metadata, spec }) => {
      const { containers, volumes } = spec.template.spec;
      const [{ image, args, env, resources }] = containers;
      return {
        name: metadata.name.slice(RELEASE.length + 1),
        step: kind === "Job",
        image,
        args,
        env,
        files: secretFiles(volumes),
        memory: resources.limits.memory,
      };
    });
}
