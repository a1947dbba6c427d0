import type { DesiredStateChanged } from "@muster/contracts/gen/muster/policy/v1/policy_events";
import type { ProfileState } from "@muster/contracts/gen/muster/policy/v1/profile";
import { metrics, type TraceCarrier } from "@muster/host/telemetry";
import type { Work } from "@muster/postgres/service-database";
import type { Decision, DeviceProfile } from "../../domain/profiles/device-profile.ts";
import { deleteDeviceProfiles, nextVersions, saveDeviceProfiles } from "../../storage/device-profiles.ts";
import type { PolicyTables } from "../../storage/tables.ts";

export interface Decided {
  readonly decision: Decision;
  /** Where it stood before; nothing when it is told only as a part of what the device is to have. */
  readonly previous: ProfileState | undefined;
  readonly trace?: TraceCarrier;
}

/**
 * Writes what was decided, and tells of it: where profiles stand now, and what has to be done about them on which device.
 * Any number of devices costs four statements. The caller holds the devices or the policies.
 */
export async function recordDecisions(work: Work<PolicyTables>, decided: readonly Decided[]): Promise<void> {
  const [stand, gone] = [
    decided.filter(({ decision }) => decision.kind === "stands"),
    decided.filter(({ decision }) => decision.kind === "gone"),
  ];
  const rowsOf = (of: readonly Decided[]) => of.map(({ decision }) => decision.row);
  const versions = [
    ...(await saveDeviceProfiles(work.sql, rowsOf(stand))),
    ...(await deleteDeviceProfiles(work.sql, rowsOf(gone))),
  ];
  for (const [index, each] of [...stand, ...gone].entries()) emitState(work, each, versions[index] ?? 0);
  countStates(decided);
  const toAsk = stand.flatMap(({ decision, trace }) =>
    decision.kind === "stands" && decision.ask ? [{ row: decision.row, trace }] : [],
  );
  const devices = [...Map.groupBy(toAsk, ({ row }) => `${row.tenant}/${row.deviceId}`).values()];
  const deviceVersions = await nextVersions(work.sql, devices.length);
  for (const [index, asked] of devices.entries()) emitDesired(work, asked, deviceVersions[index] ?? 0);
}

function countStates(decided: readonly Decided[]): void {
  if (decided.length === 0) return;
  // Made here and not above: a counter made before telemetry has started counts nothing.
  const counter = metrics.getMeter("muster").createCounter("muster.policy.profile_states", { unit: "{change}" });
  for (const [state, some] of Map.groupBy(decided, ({ decision }) => decision.row.state))
    counter.add(some.length, { state: state.replace("PROFILE_STATE_", "").toLowerCase() });
}

function emitState(work: Work<PolicyTables>, { decision: { row }, previous, trace }: Decided, version: number): void {
  if (previous === undefined || previous === row.state) return;
  work.emit({
    type: "muster.policy.v1.ProfileStateChanged",
    tenant: row.tenant,
    deviceId: row.deviceId,
    ...(trace && { trace }),
    data: {
      deviceId: row.deviceId,
      profileId: row.profileId,
      profileName: row.profileName,
      revision: row.revision,
      previous,
      state: row.state,
      cause: row.cause,
      version,
      userId: row.userId,
    },
  });
}

interface Asked {
  readonly row: DeviceProfile;
  readonly trace: TraceCarrier | undefined;
}

function emitDesired(work: Work<PolicyTables>, asked: readonly Asked[], version: number): void {
  const [first] = asked;
  if (first === undefined) return;
  const { deviceId, generation, tenant } = first.row;
  const data: DesiredStateChanged = {
    deviceId,
    version,
    profiles: asked.map(({ row }) => ({
      commandId: row.commandId,
      profileId: row.profileId,
      identifier: row.identifier,
      revision: row.revision,
      userId: row.userId,
      remove: !row.wanted,
    })),
    declarationsDigest: "",
    declarationsCommandId: "",
    declarationsUserId: "",
    readyToRelease: false,
    appleGeneration: generation,
  };
  const { trace } = first;
  work.emit({ type: "muster.policy.v1.DesiredStateChanged", tenant, deviceId, ...(trace && { trace }), data });
}
