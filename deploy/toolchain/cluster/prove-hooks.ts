import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterBacking } from "./backing.ts";
import { refusal } from "./command-line.ts";
import { earlierChart } from "./earlier-chart.ts";
import { requireHooksFirst } from "./hook-order.ts";
import { CHART, type Proof } from "./prove-chart.ts";
import { deploymentsChanged, jobsDone } from "./release-moments.ts";
import { startStepRunner } from "./step-runner.ts";

/** Of its own: what another release leaves for a while is no part of this. */
const NAMESPACE = "muster-steps";

export interface HookInputs extends Proof {
  readonly backing: ClusterBacking;
  readonly closing: AsyncDisposableStack;
}

/** Migrations and the bus's bootstrap as hooks of a release: at installation, at an upgrade, and where they fail. */
export async function proveHooks(inputs: HookInputs): Promise<void> {
  const { root, folder, kubectl, helm, backing, prove, closing } = inputs;
  const inNamespace = `--namespace=${NAMESPACE}`;
  const values = join(folder, "values.yaml");
  await writeFile(values, JSON.stringify(valuesOf(backing)));
  const release = (verb: string, chart: string, ...more: readonly string[]): Promise<string> =>
    helm([verb, "muster", chart, inNamespace, `--values=${values}`, ...more]);
  const steps = startStepRunner(kubectl, NAMESPACE, { root, folder }, closing);
  const hooksFirst = async (work: () => Promise<string>): Promise<string> => {
    await kubectl(["delete", "events", inNamespace, "--all"]);
    await work();
    const told = requireHooksFirst(await jobsDone(kubectl, NAMESPACE), await deploymentsChanged(kubectl, NAMESPACE));
    return `${steps.ended()}\n${told}`;
  };
  const generations = [
    "get",
    "deployments",
    inNamespace,
    "--output=custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[0].image,GENERATION:.metadata.generation",
  ];

  const items = Object.entries(backing.secrets).map(([name, stringData]) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: NAMESPACE },
    stringData,
  }));
  await prove("a namespace under the restricted standard, and secrets", async () => {
    await kubectl(["create", "namespace", NAMESPACE]);
    await kubectl(["label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted"]);
    return kubectl(["apply", "--filename=-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  });
  const earlier = await earlierChart(root, CHART, folder);
  await prove(`install the chart of ${earlier.revision}, its steps as hooks`, () =>
    hooksFirst(() => release("install", earlier.chart)),
  );
  await prove("upgrade to this tree's chart, the steps again", () =>
    hooksFirst(() => release("upgrade", CHART, "--set=image.tag=next")),
  );
  await prove("an upgrade whose steps fail changes nothing", async () => {
    const before = await kubectl(generations);
    const said = await refusal(
      release("upgrade", CHART, "--set=image.tag=broken", "--set=nats.url=nats://127.0.0.1:1", "--timeout=30s"),
      /pre-upgrade hooks failed/,
    );
    const after = await kubectl(generations);
    if (after !== before) throw new Error(`Deployments were changed:\n${before}\n${after}`);
    return `${steps.ended()}\n${said.split("\n").at(-1)}\n${after}`;
  });
  await prove("rollback to the first", async () => {
    await helm(["rollback", "muster", "1", inNamespace]);
    return helm(["history", "muster", inNamespace]);
  });
  await prove("uninstall, and what is left", async () => {
    await helm(["uninstall", "muster", inNamespace]);
    return kubectl(["get", "jobs,services,secrets,serviceaccounts,networkpolicies", inNamespace, "--output=name"]);
  });
}

const valuesOf = ({ databaseUrl, natsUrl }: ClusterBacking): unknown => {
  const { hostname, port, pathname } = new URL(databaseUrl);
  return {
    publicUrl: "https://muster.test",
    publicDeviceUrl: "https://devices.muster.test",
    image: { repository: "muster.test" },
    postgres: { host: hostname, port: Number(port), database: pathname.slice(1), sslMode: "disable" },
    nats: { url: natsUrl, streamMib: 512 },
  };
};
