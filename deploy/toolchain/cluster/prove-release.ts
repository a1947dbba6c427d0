import { execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { platformApi } from "../../local/platform-api.ts";
import type { SecretsFolder } from "../../local/secrets.ts";
import type { ClusterBacking } from "./backing.ts";
import { refusal } from "./command-line.ts";
import { openDoors, PUBLIC_DEVICE_URL, PUBLIC_URL } from "./doors.ts";
import { requireHooksFirst } from "./hook-order.ts";
import { REPOSITORY } from "./images.ts";
import { secretManifests, secretOf } from "./platform-secrets.ts";
import { CHART, NAMESPACE, type Proof } from "./prove-chart.ts";
import { TAGS } from "./tags.ts";

export interface ReleaseInputs extends Proof {
  readonly folder: string;
  readonly secrets: SecretsFolder;
  readonly backing: ClusterBacking;
  readonly closing: AsyncDisposableStack;
}

/** A release's life on a node that runs it: installed, tested, upgraded, spoiled, rolled back, uninstalled. */
export async function proveRelease(inputs: ReleaseInputs): Promise<void> {
  const { root, folder, kubectl, helm, secrets, backing, step, show, closing } = inputs;
  const inNamespace = `--namespace=${NAMESPACE}`;
  const values = join(folder, "values.yaml");
  await writeFile(values, JSON.stringify(valuesOf(backing)));
  const earlier = await earlierChart(root, folder);
  const release = (verb: string, chart: string, tag: string, ...more: string[]): Promise<string> =>
    helm([verb, "muster", chart, inNamespace, `--values=${values}`, `--set=image.tag=${tag}`, ...more]);
  const wait = ["--wait", "--timeout=15m"];

  await step("secrets", async () => {
    const manifests = await secretManifests(NAMESPACE, backing.databaseUrl, secrets, backing.natsKeys);
    await kubectl(["apply", "--filename=-"], manifests);
  });
  await step(`install the chart of ${earlier.revision}`, () => release("install", earlier.chart, TAGS.before, ...wait));
  show(await requireHooksFirst(kubectl, NAMESPACE));
  show(await kubectl(["get", "pods", inNamespace]));

  const authority = await step("doors for people and devices", () => openDoors(kubectl, NAMESPACE, secrets, closing));
  await step("first administrator, and a token with which devices enroll", async () => {
    const program = ["node", "services/gateway/src/first-admin.ts"];
    const printed = await kubectl(["exec", inNamespace, "deployment/muster-gateway", "--", ...program]);
    const line = printed.split("\n").find((each) => each.startsWith("{") && each.includes('"token"')) ?? "{}";
    const { token = "" } = JSON.parse(line) as { token?: string };
    const address = ["get", "service", "muster-gateway", inNamespace, "--output=jsonpath={.spec.clusterIP}"];
    const api = platformApi(`http://${await kubectl(address)}:8080`, token);
    const enrollmentToken = await api.createEnrollmentToken("helm test", 100);
    const contents = { token, "enrollment-token": enrollmentToken, "ca.crt": authority };
    await kubectl(["apply", "--filename=-"], JSON.stringify(secretOf(NAMESPACE, "muster-test", contents)));
  });

  const test = async (): Promise<void> => show(lastLines(await helm(["test", "muster", inNamespace, "--logs"])));
  await step("upgrade to this tree's chart", () =>
    release("upgrade", CHART, TAGS.after, "--set=test.secret=muster-test", ...wait),
  );
  show(await requireHooksFirst(kubectl, NAMESPACE));
  show(await kubectl(["get", "pods", inNamespace]));
  await step("helm test: enroll, command, result", test);
  await step("helm test once more, with the same device", test);
  await step("an upgrade that cannot start changes nothing", async () => {
    show(lastLines(await refusal(release("upgrade", CHART, "missing", "--wait", "--timeout=40s"))));
    await kubectl(["wait", "--for=condition=Available", "--timeout=10s", inNamespace, "deployments", "--all"]);
  });
  await step("rollback to the first", () => helm(["rollback", "muster", "1", inNamespace, ...wait]));
  show(await helm(["history", "muster", inNamespace]));
  await step("uninstall", () => helm(["uninstall", "muster", inNamespace, ...wait]));
  show(
    await kubectl([
      "get",
      "all,secrets,serviceaccounts,networkpolicies,poddisruptionbudgets",
      inNamespace,
      "--output=name",
    ]),
  );
}

/** Little of each, for a machine that has other things to do. */
const valuesOf = ({ databaseUrl, natsUrl }: ClusterBacking): unknown => ({
  publicUrl: PUBLIC_URL,
  publicDeviceUrl: PUBLIC_DEVICE_URL,
  image: { repository: REPOSITORY, pullPolicy: "IfNotPresent" },
  postgres: {
    host: new URL(databaseUrl).hostname,
    port: Number(new URL(databaseUrl).port),
    database: "postgres",
    sslMode: "disable",
  },
  nats: { url: natsUrl, streamMib: 512 },
  defaults: { replicas: 1, resources: { requests: { cpu: "20m", memory: "128Mi" }, limits: { memory: "1Gi" } } },
  services: Object.fromEntries(
    ["inventory", "command"].map((name) => [name, { resources: { requests: { cpu: "20m" } } }]),
  ),
});

/** The chart as it was before its last change. */
async function earlierChart(root: string, folder: string): Promise<{ chart: string; revision: string }> {
  const git = (...args: string[]): Buffer => execFileSync("git", args, { cwd: root, maxBuffer: 64 * 1024 ** 2 });
  const revision = git("log", "-2", "--format=%h", "--", CHART).toString().trim().split("\n").at(-1) ?? "HEAD";
  const target = join(folder, "earlier");
  await mkdir(target);
  execFileSync("tar", ["-x", "-C", target], { input: git("archive", revision, CHART) });
  return { chart: join(target, CHART), revision };
}

const lastLines = (text: string): string => text.trim().split("\n").slice(-12).join("\n");
