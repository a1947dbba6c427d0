import type { CommandLine } from "./command-line.ts";

interface Event {
  readonly reason: string;
  readonly involvedObject: { readonly kind: string; readonly name: string };
  readonly lastTimestamp: string | null;
  readonly firstTimestamp: string | null;
}

/**
 * That no Deployment was touched before the last hook was done, by what the cluster's controllers noted since they were
 * asked last; answers it as a table.
 */
export async function requireHooksFirst(kubectl: CommandLine, namespace: string): Promise<string> {
  const events = JSON.parse(await kubectl(["get", "events", `--namespace=${namespace}`, "--output=json"])) as {
    items: Event[];
  };
  const told = events.items
    .filter(({ reason }) => reason === "Completed" || reason === "ScalingReplicaSet")
    .map(({ reason, involvedObject: { kind, name }, firstTimestamp }) => ({
      at: firstTimestamp ?? "",
      kind,
      name,
      reason,
    }))
    .toSorted((one, other) => one.at.localeCompare(other.at));
  const lastHook = told.findLastIndex(({ kind }) => kind === "Job");
  const firstChange = told.findIndex(({ kind }) => kind === "Deployment");
  if (lastHook < 0 || firstChange < 0) throw new Error(`Hooks or Deployments left no trace: ${JSON.stringify(told)}`);
  if ((told[lastHook]?.at ?? "") > (told[firstChange]?.at ?? "")) {
    throw new Error(`A Deployment was changed before the hooks were done: ${JSON.stringify(told)}`);
  }
  await kubectl(["delete", "events", `--namespace=${namespace}`, "--all"]);
  return told.map(({ at, kind, name, reason }) => `${at}  ${kind} ${name} ${reason}`).join("\n");
}
