import { readdirSync } from "node:fs";
import { join } from "node:path";
import { NEWEST_KUBERNETES } from "../charts/schemas.ts";
import { type CommandLine, refusal } from "./command-line.ts";
import { earlierChart } from "./earlier-chart.ts";

const NAMESPACE = "muster";
export const CHART = "charts/muster";
export const BACKING_CHART = "charts/muster-backing";

export interface Proof {
  readonly root: string;
  /** Where files may be left. */
  readonly folder: string;
  readonly kubectl: CommandLine;
  readonly helm: CommandLine;
  /** Does a step, and prints it with what proves it. */
  readonly prove: (step: string, work: () => Promise<string>) => Promise<void>;
}

/** What the API server takes, what is refused, and what Helm makes of a release. No pod runs. */
export async function proveChart({ root, folder, kubectl, helm, prove }: Proof): Promise<void> {
  const inNamespace = `--namespace=${NAMESPACE}`;
  await prove("namespace under the restricted standard", async () => {
    await kubectl(["create", "namespace", NAMESPACE]);
    const levels = ["enforce", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    await kubectl(["label", "namespace", NAMESPACE, ...levels]);
    // Which a controller makes in each namespace, and no pod is taken without.
    return kubectl(["wait", "--for=create", "--timeout=60s", "serviceaccount/default", inNamespace]);
  });

  await prove("a pod that breaks the standard is refused", async () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "careless", namespace: NAMESPACE },
      spec: { containers: [{ name: "careless", image: "careless" }] },
    };
    const said = await refusal(
      kubectl(["apply", "--filename=-"], JSON.stringify(pod)),
      /violates PodSecurity "restricted/,
    );
    return said.slice(said.indexOf("pods "));
  });

  for (const [name, chart] of Object.entries({ muster: CHART, backing: BACKING_CHART })) {
    for (const example of readdirSync(join(root, chart, "examples")).filter((file) => file.endsWith(".yaml"))) {
      await prove(`every object of ${chart} with ${example} is accepted`, async () => {
        const values = `--values=${chart}/examples/${example}`;
        const kubeVersion = `--kube-version=${NEWEST_KUBERNETES}`;
        const objects = await helm(["template", name, chart, inNamespace, kubeVersion, values]);
        const apply = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "--filename=-"];
        const accepted = await kubectl(apply, objects);
        requireNoWarning(accepted);
        return tally(accepted);
      });
    }
  }

  const install = ["install", "muster", CHART, inNamespace, `--values=${CHART}/examples/production.yaml`];
  await prove("wrong values are refused, and nothing is installed", async () => {
    const answers: string[] = [];
    for (const [wrong, reason] of WRONG) {
      const said = await refusal(helm([...install, `--set=${wrong}`]), reason);
      answers.push(
        `${wrong}: ${said
          .split("\n")
          .find((line) => reason.test(line))
          ?.trim()}`,
      );
    }
    const there = await kubectl(["get", "deployments", inNamespace]);
    if (!there.startsWith("No resources found")) throw new Error(`There was to be nothing: ${there}`);
    return answers.join("\n");
  });
  const release = (verb: string, chart: string, ...more: readonly string[]): Promise<string> =>
    helm([verb, "muster", chart, inNamespace, `--values=${chart}/examples/production.yaml`, ...more]);
  const earlier = await earlierChart(root, CHART, folder);
  await prove(`install the chart of ${earlier.revision}`, () => release("install", earlier.chart));
  await prove("upgrade to this tree's chart", async () => {
    await release("upgrade", CHART, "--set=image.tag=next");
    return kubectl(["get", "deployments,jobs", inNamespace]);
  });
  await prove("rollback to the first", async () => {
    await helm(["rollback", "muster", "1", inNamespace]);
    return helm(["history", "muster", inNamespace]);
  });
  await prove("uninstall", () => helm(["uninstall", "muster", inNamespace]));

  await prove(`install ${BACKING_CHART}, and uninstall it: its claims of disks stay`, async () => {
    await helm(["install", "backing", BACKING_CHART, inNamespace, `--values=${BACKING_CHART}/examples/trial.yaml`]);
    // The claim of a disk is made with the pod that it is for, and belongs to no release.
    for (const server of ["nats", "postgres"]) {
      await kubectl(["wait", "--for=create", "--timeout=60s", `pvc/data-backing-${server}-0`, inNamespace]);
    }
    await helm(["uninstall", "backing", inNamespace]);
    return kubectl(["get", "persistentvolumeclaims", inNamespace]);
  });
}

/** What nobody may set so, and what is said to it. */
const WRONG = [
  ["services.policy.replica=3", /replica/],
  ["publicUrl=", /publicUrl is empty/],
  ["steps.mode=hook", /set steps.mode to job/],
] as const;

function requireNoWarning(output: string): void {
  const warning = output.split("\n").find((line) => /warning/i.test(line));
  if (warning !== undefined) throw new Error(`The API server has a doubt: ${warning}`);
}

/** "deployment.apps/muster-policy serverside-applied" many times over, as "6 deployment.apps, 12 service". */
function tally(accepted: string): string {
  const kinds = new Map<string, number>();
  for (const line of accepted.split("\n")) {
    const kind = line.slice(0, line.indexOf("/"));
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return [...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ");
}
