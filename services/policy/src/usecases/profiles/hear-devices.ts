import type { TraceCarrier } from "@muster/host/telemetry";
import type { Work } from "@muster/postgres/service-database";
import {
  afterList,
  afterOutcome,
  type DeviceProfile,
  type Listed,
  type Outcome,
} from "../../domain/profiles/device-profile.ts";
import { revisionUuid } from "../../domain/profiles/revision-uuid.ts";
import { findByChannels, findByCommands } from "../../storage/device-profiles.ts";
import type { DeviceKey } from "../../storage/devices.ts";
import type { PolicyTables } from "../../storage/tables.ts";
import type { TellDeps } from "../tell-verdicts.ts";
import { type Decided, recordDecisions } from "./record-decisions.ts";

/** The end of a command about a profile. */
export interface HeardOutcome extends DeviceKey {
  readonly commandId: string;
  readonly outcome: Outcome;
  readonly trace: TraceCarrier;
}

/** What a device said it has on one of its channels. */
export interface HeardList extends DeviceKey {
  readonly userId: string;
  readonly listed: Listed;
  readonly trace: TraceCarrier;
}

/** How commands about profiles ended. What no row waits for any more says nothing. The caller holds the devices. */
export async function hearOutcomes(
  work: Work<PolicyTables>,
  deps: TellDeps,
  heard: readonly HeardOutcome[],
): Promise<void> {
  const byCommand = new Map(heard.map((each) => [`${each.tenant}/${each.commandId}`, each]));
  const decided = (await findByCommands(work.sql, [...byCommand.values()])).flatMap((row): Decided[] => {
    const found = byCommand.get(`${row.tenant}/${row.commandId}`);
    if (found === undefined || found.deviceId !== row.deviceId) return [];
    const decision = afterOutcome(row, found.outcome, deps.newId);
    return decision === undefined ? [] : [{ decision, previous: row.state, trace: found.trace }];
  });
  await recordDecisions(work, decided);
}

/** Which profiles devices have: what is there is verified, and what is missing is sent again. The caller holds the devices. */
export async function hearLists(work: Work<PolicyTables>, deps: TellDeps, heard: readonly HeardList[]): Promise<void> {
  // Only the last list of a channel counts; they arrive in the order of their answers.
  const byChannel = new Map(heard.map((each) => [channelOf(each), each]));
  const decided = (await findByChannels(work.sql, [...byChannel.values()])).flatMap((row): Decided[] => {
    const found = byChannel.get(channelOf(row));
    if (found === undefined) return [];
    const decision = afterList(row, revisionUuid(row.profileId, row.revision), found.listed, deps.newId);
    return decision === undefined ? [] : [{ decision, previous: row.state, trace: found.trace }];
  });
  await recordDecisions(work, decided);
}

const channelOf = ({ deviceId, tenant, userId }: Pick<DeviceProfile, "tenant" | "deviceId" | "userId">): string =>
  `${tenant}/${deviceId}/${userId}`;
