import type { SoftwareItem } from "@muster/contracts/gen/muster/inventory/v1/device";
import type { TraceCarrier } from "@muster/host/telemetry";
import { sql } from "kysely";
import { inParts } from "../domain/fact.ts";
import type { LockedHost } from "./lock-hosts.ts";
import { column, type InventoryWork, keyOf } from "./schema.ts";
import type { ChangedFact } from "./write-facts.ts";
import type { ToldPolicyAnswer } from "./write-policy-answers.ts";
import type { DeviceNow } from "./write-projections.ts";
import type { SoftwareDifference } from "./write-software.ts";

type Traces = ReadonlyMap<string, TraceCarrier>;
type Devices = ReadonlyMap<string, DeviceNow>;

const traced = (traces: Traces, key: string) => {
  const trace = traces.get(key);
  return trace === undefined ? {} : { trace };
};

export function emitFactsChanged(
  work: InventoryWork,
  facts: ReadonlyMap<string, readonly ChangedFact[]>,
  devices: Devices,
  traces: Traces,
): void {
  for (const [key, changed] of facts) {
    const [first] = changed;
    const device = devices.get(key);
    if (first === undefined || device === undefined) continue;
    for (const part of inParts(changed)) {
      work.emit({
        type: "muster.inventory.v1.DeviceFactsChanged",
        tenant: first.tenant,
        deviceId: first.deviceId,
        ...traced(traces, key),
        data: {
          deviceId: first.deviceId,
          version: device.version,
          facts: part.map(({ name, value, version, since }) => ({ name, value, version, since, until: undefined })),
          platform: device.platform,
          displayName: device.displayName,
          observedAt: first.at,
        },
      });
    }
  }
}

/** How many pieces of software an event names; the rest is counted. */
const NAMED = 100;

export async function emitSoftwareChanged(
  work: InventoryWork,
  differences: readonly SoftwareDifference[],
  devices: Devices,
  traces: Traces,
): Promise<void> {
  if (differences.length === 0) return;
  const named = differences.flatMap(({ tenant, installed, removed }) =>
    [...installed.slice(0, NAMED), ...removed.slice(0, NAMED)].map((id) => ({ tenant, id })),
  );
  const { rows } = await sql<Omit<SoftwareItem, "deviceCount"> & { tenant: string; id: number }>`
    select s.tenant, s.id, s.name, s.version, s.source, s.vendor
    from (select distinct * from unnest(${column(named, "tenant")}::text[], ${column(named, "id")}::int[]) as n (tenant, id)) n
    join software s using (tenant, id)`.execute(work.sql);
  const items = new Map(
    rows.map(({ tenant, id, ...item }) => [`${tenant}/${id}`, { ...item, deviceCount: 0 } satisfies SoftwareItem]),
  );
  const name = (tenant: string, ids: readonly number[]): SoftwareItem[] =>
    ids.slice(0, NAMED).flatMap((id) => items.get(`${tenant}/${id}`) ?? []);
  for (const difference of differences) {
    const { tenant, deviceId, installed, removed, at } = difference;
    const key = keyOf(difference);
    work.emit({
      type: "muster.inventory.v1.SoftwareChanged",
      tenant,
      deviceId,
      ...traced(traces, key),
      data: {
        deviceId,
        version: devices.get(key)?.version ?? 0,
        installed: name(tenant, installed),
        removed: name(tenant, removed),
        installedCount: installed.length,
        removedCount: removed.length,
        observedAt: at,
      },
    });
  }
}

export function emitQueryAnswered(
  work: InventoryWork,
  answers: readonly ToldPolicyAnswer[],
  hosts: ReadonlyMap<string, LockedHost>,
  devices: Devices,
  traces: Traces,
): void {
  for (const told of answers) {
    const key = keyOf(told);
    const { answer, deviceId, tenant, version, policyId, revision, at } = told;
    work.emit({
      type: "muster.inventory.v1.QueryAnswered",
      tenant,
      deviceId,
      ...traced(traces, key),
      data: {
        deviceId,
        version,
        policyId,
        policyRevision: revision,
        rowCount: answer.rowCount,
        rows: answer.evidence.map((columns) => ({ columns: { ...columns } })),
        error: answer.error,
        answeredAt: at,
        displayName: devices.get(key)?.displayName ?? hosts.get(key)?.displayName ?? "",
      },
    });
  }
}
