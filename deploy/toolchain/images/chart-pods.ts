import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

/** What the chart lets run: one container with its configuration, whose secrets are still named only. */
export interface Pod {
  /** Without the release: gateway, migrate-gateway, bootstrap. */
  readonly name: string;
  readonly step: boolean;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly Variable[];
  /** Of Secrets, as files below /etc/muster. */
  readonly files: readonly { readonly secret: string; readonly key: string; readonly path: string }[];
  /** As Kubernetes has it, such as 512Mi. */
  readonly memory: string;
}

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
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
  readonly volumes: readonly { readonly projected?: { readonly sources: readonly { readonly secret: Source }[] } }[];
}

interface Source {
  readonly name: string;
  readonly items: readonly { readonly key: string; readonly path: string }[];
}

const RELEASE = "muster";

/** The name under which others in the release ask a service over gRPC. */
export const grpcName = (pod: Pod): string => `${RELEASE}-${pod.name}-grpc`;

/** The pods of the chart with its least example and these values over it. */
export function chartPods(helm: string, root: string, values: Readonly<Record<string, string>>): readonly Pod[] {
  const chart = join(root, "charts/muster");
  const { status, stdout, stderr } = spawnSync(
    helm,
    ["template", RELEASE, chart, "--kube-version=1.34.0", `--values=${chart}/examples/minimal.yaml`].concat(
      Object.entries(values).map(([path, value]) => `--set=${path}=${value}`),
    ),
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
        files: volumes.flatMap(({ projected }) => (projected?.sources ?? []).flatMap(({ secret }) => filesOf(secret))),
        memory: resources.limits.memory,
      };
    });
}

const filesOf = ({ name, items }: Source): Pod["files"] => items.map(({ key, path }) => ({ secret: name, key, path }));
