import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Step } from "../../local/progress.ts";
import { type CommandLine, refusal } from "./command-line.ts";

export const NAMESPACE = "muster";
export const CHART = "charts/muster";

export interface Proof {
  readonly root: string;
  readonly kubectl: CommandLine;
  readonly helm: CommandLine;
  readonly step: Step;
  /** Prints what proves a step. */
  readonly show: (text: string) => void;
}

/** What the API server takes and what is refused; nothing of it is kept. */
export async function proveChart({ root, kubectl, helm, step, show }: Proof): Promise<void> {
  await step("namespace under the restricted standard", async () => {
    await kubectl(["create", "namespace", NAMESPACE]);
    const levels = ["enforce", "warn"].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`);
    await kubectl(["label", "namespace", NAMESPACE, ...levels]);
  });

  await step("a pod that breaks the standard is refused", async () => {
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "careless", namespace: NAMESPACE },
      spec: { containers: [{ name: "careless", image: "careless" }] },
    };
    show(await refusal(kubectl(["apply", "--filename=-"], JSON.stringify(pod))));
  });

  for (const example of readdirSync(join(root, CHART, "examples")).filter((file) => file.endsWith(".yaml"))) {
    await step(`every object of ${example} is accepted`, async () => {
      const values = `--values=${CHART}/examples/${example}`;
      const objects = await helm(["template", "muster", CHART, `--namespace=${NAMESPACE}`, values]);
      const apply = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "--filename=-"];
      const accepted = await kubectl(apply, objects);
      requireNoWarning(accepted);
      show(tally(accepted));
    });
  }

  const release = ["muster", CHART, `--namespace=${NAMESPACE}`, `--values=${CHART}/examples/production.yaml`];
  await step("wrong values are refused before anything is installed", async () => {
    for (const wrong of ["services.policy.replica=3", "publicUrl=", "steps.mode=hook"]) {
      show(`${wrong}: ${(await refusal(helm(["install", ...release, `--set=${wrong}`]))).split("\n").at(-1)}`);
    }
    requireNothing(await kubectl(["get", "deployments", "--namespace", NAMESPACE]));
  });
}

function requireNoWarning(output: string): void {
  const warning = output.split("\n").find((line) => /warning/i.test(line));
  if (warning !== undefined) throw new Error(`The API server has a doubt: ${warning}`);
}

function requireNothing(output: string): void {
  if (!output.startsWith("No resources found")) throw new Error(`There was to be nothing: ${output}`);
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
