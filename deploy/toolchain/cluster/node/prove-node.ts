import type { Administrator } from "../../../local/administrator.ts";
import { platformApi } from "../../../local/platform-api.ts";
import type { SecretContents } from "../../charts/pod.ts";
import { BACKING_CHART as BACKING, CHART, type Proof } from "../prove-chart.ts";
import { NEXT_TAG } from "./archive.ts";
import { disks } from "./disks.ts";
import { openDoors } from "./doors.ts";
import { proveFlows } from "./flows.ts";
import { knockWhile } from "./knock.ts";
import { describePlatform, TEST_SECRET } from "./platform.ts";

const NAMESPACE = "muster";
const inNamespace = `--namespace=${NAMESPACE}`;
/** Of a machine that starts nine programs at once. */
const WITHIN = "--timeout=10m";

export interface NodeProof extends Proof {
  readonly closing: AsyncDisposableStack;
}

/** Both charts on a node that runs their pods: installed, tested, upgraded under use, tested again and removed. */
export async function proveNode({ folder, kubectl, helm, prove, closing }: NodeProof): Promise<void> {
  const platform = await describePlatform(folder);
  const { values, ingressKey } = platform;
  const apply = (...items: readonly unknown[]): Promise<string> =>
    kubectl(["apply", "--filename=-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const pods = (): Promise<string> =>
    kubectl([
      "get",
      "pods",
      inNamespace,
      "--output=custom-columns=NAME:.metadata.name,PHASE:.status.phase,READY:.status.containerStatuses[*].ready,RESTARTS:.status.containerStatuses[*].restartCount,ADDRESS:.status.podIP",
    ]);
  const release = (verb: "install" | "upgrade", ...more: readonly string[]): Promise<string> =>
    helm(
      [verb, "muster", CHART, inNamespace, `--values=${CHART}/examples/trial.yaml`, `--values=${values}`].concat(
        "--wait",
        WITHIN,
        more,
      ),
    );
  const test = (): Promise<string> => helm(["test", "muster", inNamespace, "--logs", WITHIN]);

  await prove("a namespace under the restricted standard, secrets, disks", async () => {
    await kubectl(["create", "namespace", NAMESPACE]);
    await kubectl(["label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted"]);
    return apply(...secretObjects(platform.secrets), ...(await disks(folder, 2)));
  });
  await prove("install charts/muster-backing, until both are ready", async () => {
    await helm([
      "install",
      "backing",
      BACKING,
      inNamespace,
      `--values=${BACKING}/examples/trial.yaml`,
      "--wait",
      WITHIN,
    ]);
    return pods();
  });
  await prove("install charts/muster: steps as hooks, then every service until it is ready", async () => {
    await release("install");
    return pods();
  });
  await prove("the first administrator, tokens, and doors for people and devices", async () => {
    const authority = await openDoors({ kubectl, namespace: NAMESPACE, folder, ingressKey, closing });
    const gateway = await kubectl([
      "get",
      "service",
      "muster-gateway",
      inNamespace,
      "--output=jsonpath={.spec.clusterIP}",
    ]);
    const made = await kubectl([
      "exec",
      "deploy/muster-gateway",
      inNamespace,
      "--",
      "node",
      "services/gateway/src/first-admin.ts",
    ]);
    const said = made.split("\n").findLast((line) => line.includes('"token"'));
    const { token } = JSON.parse(said ?? made) as Administrator;
    const enrollmentToken = await platformApi(`http://${gateway}:8080`, token).createEnrollmentToken("helm test", 1000);
    const contents = { token, "enrollment-token": enrollmentToken, "ca.crt": authority };
    return apply(...secretObjects({ [TEST_SECRET]: contents }));
  });
  await prove("helm test: a device enrolls, is given a command, and answers", test);
  await prove("the flows between pods: those of the table of calls, and no others", () =>
    proveFlows(kubectl, NAMESPACE),
  );
  await prove("an upgrade of every service while people knock", async () => {
    const before = await kubectl([
      "get",
      "pods",
      inNamespace,
      "--selector=app.kubernetes.io/name=muster",
      "--output=name",
    ]);
    const knocks = await knockWhile(async () => {
      await release("upgrade", `--set=image.tag=${NEXT_TAG}`);
      // Helm is content when the new pods are ready; the door has to hold until the last of the old ones has ended.
      const earlier = before.split("\n").filter((pod) => !pod.endsWith("-test"));
      await kubectl(["wait", "--for=delete", inNamespace, "--timeout=120s", ...earlier]);
    });
    return `${knocks}\n${await pods()}`;
  });
  await prove("helm test again, by the same device", test);
  await prove("uninstall, until the last pod has ended", async () => {
    await helm(["uninstall", "muster", inNamespace, "--wait", WITHIN]);
    const services = "app.kubernetes.io/instance=muster,app.kubernetes.io/component!=test";
    await kubectl(["wait", "--for=delete", "pods", inNamespace, `--selector=${services}`, "--timeout=120s"]);
    return kubectl(["get", "pods,services,jobs,serviceaccounts", inNamespace, "--output=name"]);
  });
}

const secretObjects = (secrets: SecretContents): readonly unknown[] =>
  Object.entries(secrets).map(([name, stringData]) => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: NAMESPACE },
    stringData,
  }));
