import type { AppleAnswered } from "@muster/contracts/gen/muster/command/v1/command_events";
import type { HeardEvent } from "@muster/postgres/listen";
import type { Work } from "@muster/postgres/service-database";
import type { Outcome } from "../domain/profiles/device-profile.ts";
import { lockDevices } from "../storage/devices.ts";
import type { PolicyTables } from "../storage/tables.ts";
import { shareWithDevices } from "../storage/tenant-lock.ts";
import { type HeardList, type HeardOutcome, hearLists, hearOutcomes } from "../usecases/profiles/hear-devices.ts";
import type { TellDeps } from "../usecases/tell-verdicts.ts";

/** What became of the commands about profiles, and which profiles devices say they have. */
export const onCommand =
  (deps: TellDeps) =>
  async (work: Work<PolicyTables>, events: readonly HeardEvent[]): Promise<void> => {
    const outcomes = events.flatMap(outcomeIn);
    const lists = events.flatMap(listIn);
    if (outcomes.length + lists.length === 0) return;
    const devices = [...outcomes, ...lists];
    await shareWithDevices(
      work.sql,
      devices.map(({ tenant }) => tenant),
    );
    await lockDevices(work.sql, devices);
    // A list that came before the end of an install in one batch is older than it, and says so by its time.
    await hearOutcomes(work, deps, outcomes);
    await hearLists(work, deps, lists);
  };

const ABOUT_PROFILES: ReadonlySet<string> = new Set(["InstallProfile", "RemoveProfile"]);

/** Who asked for the commands that this service waits for; a person's own commands about profiles are nothing to it. */
const POLICY = "policy";

const KINDS = {
  "muster.command.v1.CommandFailed": "failed",
  "muster.command.v1.CommandExpired": "expired",
  "muster.command.v1.CommandCancelled": "cancelled",
} as const satisfies Record<string, Outcome["kind"]>;

type Ended = HeardEvent<keyof typeof KINDS>;

const isEnd = (event: HeardEvent): event is Ended => Object.hasOwn(KINDS, event.type);

function outcomeIn(event: HeardEvent): HeardOutcome[] {
  const { tenant, time, trace } = event;
  if (event.type === "muster.command.v1.ProfileChangeAcknowledged") {
    const { commandId, deviceId, endedAt: at = time } = event.data;
    return [{ tenant, deviceId, commandId, outcome: { kind: "acknowledged", reason: "", at }, trace }];
  }
  if (!isEnd(event)) return [];
  const { command } = event.data;
  if (command?.createdBy !== POLICY || !ABOUT_PROFILES.has(command.apple?.requestType ?? "")) return [];
  const { deviceId, endedAt: at = time, id: commandId, result } = command;
  return [
    { tenant, deviceId, commandId, outcome: { kind: KINDS[event.type], reason: result?.reason ?? "", at }, trace },
  ];
}

function listIn(event: HeardEvent): HeardList[] {
  if (event.type !== "muster.command.v1.AppleAnswered") return [];
  const { answeredAt = event.time, deviceId, partial, requestType, userId } = event.data;
  if (requestType !== "ProfileList" || partial) return [];
  const listed = { uuids: uuidsIn(event.data), at: answeredAt };
  return [{ tenant: event.tenant, deviceId, userId, listed, trace: event.trace }];
}

function uuidsIn({ response }: AppleAnswered): Map<string, string> {
  const list: unknown = response?.["ProfileList"];
  const uuids = new Map<string, string>();
  for (const each of Array.isArray(list) ? (list as unknown[]) : []) {
    if (typeof each !== "object" || each === null) continue;
    const { PayloadIdentifier, PayloadUUID } = each as Readonly<Record<string, unknown>>;
    if (typeof PayloadIdentifier === "string" && typeof PayloadUUID === "string")
      uuids.set(PayloadIdentifier, PayloadUUID);
  }
  return uuids;
}
