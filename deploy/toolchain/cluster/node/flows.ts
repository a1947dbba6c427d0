import { setTimeout as delay } from "node:timers/promises";
import { CALLS, isService, mayCall, type ServiceName } from "@muster/rpc/calls";
import { imageOf } from "../../images/build.ts";
import type { CommandLine } from "../command-line.ts";

const GRPC = 50051;
const [POSTGRES, NATS] = [5432, 4222];
const STRANGER = "stranger";
/** What enforces the policies writes its rules some time after a pod has come. */
const WITHIN_MS = 90_000;
const PAUSE_MS = 2_000;

/** Run inside a pod: which of the addresses take a connection. Where a policy forbids it, nothing is answered at all. */
const REACH = `
const { connect } = require("node:net");
Promise.all(process.argv.slice(1).map((address) => new Promise((resolve) => {
  const [host, port] = address.split(":");
  const socket = connect({ host, port: Number(port) });
  const end = (open) => { socket.destroy(); resolve(open ? [address] : []); };
  socket.once("connect", () => end(true)).once("error", () => end(false)).setTimeout(1500, () => end(false));
}))).then((open) => console.log(JSON.stringify(open.flat())))`;

interface Target {
  readonly name: string;
  readonly address: string;
  readonly isOpenTo: (caller: string) => boolean;
}

/** Has each pod knock at each other's ports, and compares who is let in with the table that services themselves are held to. */
export async function proveFlows(kubectl: CommandLine, namespace: string): Promise<string> {
  const inNamespace = `--namespace=${namespace}`;
  await kubectl(["apply", "--filename=-"], JSON.stringify(stranger(namespace)));
  await kubectl(["wait", "--for=condition=Ready", `pod/${STRANGER}`, inNamespace, "--timeout=120s"]);
  const addressOf = async (component: string): Promise<string> => {
    const selector = `--selector=app.kubernetes.io/component=${component}`;
    const address = "--output=jsonpath={.items[0].status.podIP}";
    return kubectl(["get", "pods", inNamespace, selector, "--field-selector=status.phase=Running", address]);
  };
  const services = Object.keys(CALLS) as ServiceName[];
  const targets: Target[] = [];
  for (const called of services) {
    const isOpenTo = (caller: string) => isService(caller) && mayCall(caller, called);
    targets.push({ name: called, address: `${await addressOf(called)}:${GRPC}`, isOpenTo });
  }
  for (const [name, port] of [
    ["postgres", POSTGRES],
    ["nats", NATS],
  ] as const)
    targets.push({ name, address: `${await addressOf(name)}:${port}`, isOpenTo: isService });

  const reached = async (caller: string): Promise<ReadonlySet<string>> => {
    const pod = caller === STRANGER ? `pod/${STRANGER}` : `deploy/muster-${caller}`;
    const addresses = targets.map(({ address }) => address);
    const said = await kubectl(["exec", pod, inNamespace, "--", "node", "-e", REACH, ...addresses]);
    return new Set(JSON.parse(said.split("\n").at(-1) ?? "") as string[]);
  };
  const callers = [...services, STRANGER];
  for (const until = Date.now() + WITHIN_MS; ; await delay(PAUSE_MS)) {
    const wrong: string[] = [];
    let [open, closed] = [0, 0];
    for (const caller of callers) {
      const found = await reached(caller);
      for (const { address, isOpenTo, name } of targets.filter((target) => target.name !== caller)) {
        const isOpen = found.has(address);
        if (isOpen) open += 1;
        else closed += 1;
        if (isOpen !== isOpenTo(caller)) wrong.push(`${caller} ${isOpen ? "reaches" : "does not reach"} ${name}`);
      }
    }
    if (wrong.length === 0) return `${open} ways open, ${closed} closed, as the table of calls has them`;
    if (Date.now() > until) throw new Error(`Policies and the table of calls disagree: ${wrong.join(", ")}`);
  }
}

/** A pod that no policy speaks for: nothing holds it back but what the others do not let in. */
const stranger = (namespace: string): unknown => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: STRANGER, namespace },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: STRANGER,
        image: imageOf("agent"),
        command: ["node", "-e", "setInterval(() => {}, 1e6)"],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
});
