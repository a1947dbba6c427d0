import type { CommandLine } from "./command-line.ts";
import type { Moment } from "./hook-order.ts";

interface Named {
  readonly metadata: { readonly name: string; readonly managedFields?: readonly ManagedFields[] };
}

interface ManagedFields {
  readonly manager: string;
  readonly subresource?: string;
  readonly time: string;
}

interface Event {
  readonly reason: string;
  readonly firstTimestamp: string | null;
  readonly involvedObject: { readonly kind: string; readonly name: string };
}

/** When Jobs were done, by the events of their controller; Helm removes the Jobs themselves. */
export async function jobsDone(kubectl: CommandLine, namespace: string): Promise<Moment[]> {
  const events = await list<Event>(kubectl, "events", namespace);
  return events
    .filter(({ reason, involvedObject }) => involvedObject.kind === "Job" && reason === "Completed")
    .map(({ firstTimestamp, involvedObject: { name } }) => ({ at: firstTimestamp ?? "", what: `Job ${name} done` }));
}

/** When Helm wrote each Deployment last, by the API server's own record of who wrote which field. */
export async function deploymentsChanged(kubectl: CommandLine, namespace: string): Promise<Moment[]> {
  const deployments = await list<Named>(kubectl, "deployments", namespace);
  return deployments.flatMap(({ metadata: { name, managedFields = [] } }) =>
    managedFields
      .filter(({ manager, subresource }) => manager === "helm" && subresource === undefined)
      .map(({ time }) => ({ at: time, what: `Deployment ${name} changed` })),
  );
}

async function list<T>(kubectl: CommandLine, kind: string, namespace: string): Promise<T[]> {
  const answer = await kubectl(["get", kind, `--namespace=${namespace}`, "--output=json", "--show-managed-fields"]);
  return (JSON.parse(answer) as { items: T[] }).items;
}
