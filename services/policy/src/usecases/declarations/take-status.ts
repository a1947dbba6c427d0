import type { TraceCarrier } from "@muster/host/telemetry";
import type { ServiceDatabase, Work } from "@muster/postgres/service-database";
import { isRecord, type Payload } from "../../domain/declarations/payload-key.ts";
import { mergeItems, readStatusReport, type StatusReport } from "../../domain/declarations/status-report.ts";
import { applyTold } from "../../storage/declarations/declaring-devices.ts";
import {
  type ChannelKey,
  channelKey,
  forgetStates,
  type HeldStatus,
  lockStatus,
  type NewStatus,
  saveStates,
  saveStatus,
  saveSupported,
} from "../../storage/declarations/status.ts";
import type { PolicyTables } from "../../storage/tables.ts";
import { shareWithDevices } from "../../storage/tenant-lock.ts";
import type { TellDeps } from "../tell-verdicts.ts";
import { refitDeclarations } from "./refit-declarations.ts";

export interface StatusVisit extends ChannelKey {
  readonly data: Uint8Array;
  readonly trace: TraceCarrier;
}

export interface StatusDeps extends TellDeps {
  readonly database: ServiceDatabase<PolicyTables>;
}

/** As HTTP statuses: taken, not readable, or of a channel that is not under declarative management. */
export type StatusOutcome = 200 | 400 | 404;

interface Taken extends NewStatus {
  readonly held: HeldStatus;
  readonly report: StatusReport;
  readonly trace: TraceCarrier;
}

/** Takes what many devices tell of themselves, in one transaction. */
export const takeStatus =
  (deps: StatusDeps) =>
  (visits: readonly StatusVisit[]): Promise<StatusOutcome[]> =>
    deps.database.system(async (work) => {
      await shareWithDevices(
        work.sql,
        visits.map(({ tenant }) => tenant),
      );
      const channels = new Map((await lockStatus(work.sql, visits)).map((held) => [channelKey(held), held]));
      const newest = new Map<string, Taken>();
      const outcomes: StatusOutcome[] = [];
      // Two reports of one channel are two rounds: the second is merged into what the first left.
      for (const visit of visits) {
        const key = channelKey(visit);
        const held = channels.get(key);
        if (held === undefined) outcomes.push(404);
        else {
          const earlier = newest.get(key);
          if (earlier !== undefined) {
            await keep(work, deps, [earlier]);
            newest.delete(key);
          }
          const taken = merge(visit, earlier === undefined ? held : after(earlier));
          if (taken !== undefined) newest.set(key, taken);
          outcomes.push(taken === undefined ? 400 : 200);
        }
      }
      await keep(work, deps, [...newest.values()]);
      return outcomes;
    });

const after = ({ errors, held, items, report }: Taken): HeldStatus => ({
  ...held,
  items,
  errors,
  supported: report.supported === undefined ? held.supported : [...report.supported],
});

function merge({ data, deviceId, tenant, trace, userId }: StatusVisit, held: HeldStatus): Taken | undefined {
  const report = readStatusReport(data, held.personal);
  if (report === undefined) return undefined;
  const items = mergeItems(report.full ? {} : (held.items ?? {}), report.items);
  const errors = report.errors.length > 0 || report.full ? report.errors : (held.errors ?? []);
  return { tenant, deviceId, userId, items, errors, held, report, trace };
}

async function keep(work: Work<PolicyTables>, deps: StatusDeps, taken: readonly Taken[]): Promise<void> {
  if (taken.length === 0) return;
  const now = deps.now();
  const versions = await saveStatus(work.sql, taken, now);
  await forgetStates(
    work.sql,
    taken.flatMap((each) => (each.report.full ? each.report.wholeKinds.map((kind) => ({ ...each, kind })) : [])),
  );
  await saveStates(work.sql, taken.flatMap(statesIn), now);
  const renewed = taken.flatMap((each) => {
    const { held, report } = each;
    return report.supported === undefined || report.supported.join() === held.supported?.join()
      ? []
      : [{ ...each, supported: report.supported }];
  });
  await saveSupported(work.sql, renewed);
  const told = taken.flatMap((each) => {
    const osVersion = each.userId === "" ? osVersionIn(each.items) : "";
    return osVersion === "" ? [] : [{ tenant: each.tenant, deviceId: each.deviceId, osVersion }];
  });
  const devices = [...renewed, ...(told.length === 0 ? [] : await applyTold(work.sql, told))];
  if (devices.length > 0) await refitDeclarations(work, deps, { devices });
  for (const [index, { deviceId, errors, items, report, tenant, trace, userId }] of taken.entries())
    work.emit({
      type: "muster.policy.v1.DeviceStatusReported",
      tenant,
      deviceId,
      actor: `device:${deviceId}`,
      trace,
      data: {
        deviceId,
        userId,
        fullReport: report.full,
        items,
        reportedAt: now,
        version: versions[index] ?? 0,
        errors: [...errors],
      },
    });
}

/** The last that a report says of each declaration. */
function statesIn(taken: Taken) {
  const { deviceId, report, tenant, userId } = taken;
  const last = new Map(report.states.map((state) => [`${state.kind}/${state.identifier}`, state]));
  return [...last.values()].map((state) => ({ tenant, deviceId, userId, state }));
}

function osVersionIn(items: Payload): string {
  const device = items["device"];
  const system = isRecord(device) ? device["operating-system"] : undefined;
  const version = isRecord(system) ? system["version"] : undefined;
  return typeof version === "string" && /^\d+(\.\d+){0,3}$/.test(version) ? version : "";
}
