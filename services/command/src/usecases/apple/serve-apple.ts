import type { AccountGrant } from "@muster/device-identity/account-token";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { AppleBody } from "../../domain/apple/apple-body.ts";
import { type AppleChannel, isNewlySeen } from "../../domain/apple/apple-channel.ts";
import type { AppleReport } from "../../domain/apple/apple-report.ts";
import type { Command } from "../../domain/command.ts";
import { keyOf } from "../../domain/device-key.ts";
import { noteSeen } from "../../storage/apple-channels.ts";
import { enrollmentKey, findVisitors, type Visitor } from "../../storage/apple-visitors.ts";
import { settleByArrival } from "../../storage/push-dues.ts";
import { noteStrays, type StrayResult } from "../../storage/stray-results.ts";
import type { Announcer, CommandWork, Database } from "../ports.ts";
import { oweReminders } from "../push/push-work.ts";
import { byDevice } from "../record-steps.ts";
import { type HearDeps, hearApple } from "./hear-apple.ts";
import { channelKey, pickNext } from "./pick-next.ts";
import type { BodySeal } from "./plan-apple.ts";

/** One request of a device at Apple's command channel. */
export interface AppleVisit {
  readonly tenant: string;
  readonly enrollmentId: string;
  /** The UDID or EnrollmentID that the device says it has. */
  readonly hardwareId: string;
  readonly userId: string;
  /** What it says of its last command; nothing when it comes by itself (Idle). */
  readonly report: AppleReport | undefined;
  /** Who is signed in on the device, if it shows that somebody is. */
  readonly grant: AccountGrant | undefined;
  readonly trace: TraceCarrier;
}

export interface Handed {
  readonly command: Command;
  readonly channel: AppleChannel;
  readonly body: AppleBody;
}

export type VisitOutcome =
  /** Nobody told of this enrollment yet, or it ended. */
  | { readonly kind: "unknown" }
  /** Another device's certificate, or an enrollment that is over. */
  | { readonly kind: "refused" }
  /** A managed account led it here, and nobody is signed in with it any more. */
  | { readonly kind: "sign_in" }
  | { readonly kind: "served"; readonly deviceId: string; readonly handed: Handed | undefined };

export interface ServeDeps extends BodySeal, HearDeps {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly now: () => Date;
}

/**
 * Takes what many devices say of their commands and hands each its next one, in one transaction. A device with nothing to
 * do costs its share of one look-up, however much it did before.
 */
export const serveApple =
  (deps: ServeDeps) =>
  async (visits: readonly AppleVisit[]): Promise<VisitOutcome[]> => {
    const { outcomes, steps } = await deps.database.system((work) => serve(work, visits, deps));
    if (steps.length > 0) deps.announcer.changed(steps.map(({ after }) => after));
    return outcomes;
  };

interface Served extends Visitor {
  readonly visit: AppleVisit;
}

async function serve(work: CommandWork, visits: readonly AppleVisit[], deps: ServeDeps) {
  const now = deps.now();
  const visitors = await findVisitors(work.sql, visits, now);
  const served = new Map<string, Served>();
  const believed: Served[] = [];
  for (const visit of visits) {
    const visitor = visitors.get(enrollmentKey(visit));
    if (visitor === undefined) continue;
    const { channel } = visitor;
    if (!channel.enrolled || !isHardwareOf(channel, visit) || !isSignedIn(channel, visit)) continue;
    believed.push({ ...visitor, visit });
    served.set(channelKey(channel, visit.userId), { ...visitor, visit });
  }
  const requests = new Map(believed.map(({ channel, visit }) => [keyOf(channel), visit.trace]));
  const cause = byDevice(requests, now);
  const reports = believed.flatMap(({ channel, visit }) =>
    visit.report === undefined ? [] : [{ channel, userId: visit.userId, report: visit.report }],
  );
  const { restless, steps: heard } = await hearApple(work, reports, deps, now);
  await noteStrays(work.sql, strangersIn(visits, visitors), now);
  await noteArrivals(work, believed, now);
  const asking = [...served.values()].map(({ channel, visit, ...found }) => ({
    ...found,
    channel: restless.has(keyOf(channel)) ? { ...channel, inventoryAt: undefined } : channel,
    userId: visit.userId,
    fresh: visit.report === undefined,
  }));
  const picked = await pickNext(work, asking, { deps, heard, cause, now });
  await oweReminders(work, heard, now);
  const bodies = await deps.bodies.bodiesOf(work, [...picked.handed.values()]);
  const outcomes = visits.map((visit): VisitOutcome => {
    const channel = visitors.get(enrollmentKey(visit))?.channel;
    if (channel === undefined) return { kind: "unknown" };
    if (!channel.enrolled || !isHardwareOf(channel, visit)) return { kind: "refused" };
    if (!isSignedIn(channel, visit)) return { kind: "sign_in" };
    const key = channelKey(channel, visit.userId);
    const command = picked.handed.get(key);
    // One channel may knock twice in one batch: the first knock gets the command.
    picked.handed.delete(key);
    const body = bodies.get(command?.id ?? "") ?? { parameters: {} };
    return { kind: "served", deviceId: channel.deviceId, handed: command && { command, channel, body } };
  });
  return { outcomes, steps: [...heard, ...picked.steps] };
}

/**
 * Who is here needs no push, and is not silent. Before the look at what there is to do: what comes after it is owed a push of
 * its own.
 */
async function noteArrivals(work: CommandWork, believed: readonly Served[], now: Date): Promise<void> {
  const arrived = believed.filter(({ visit }) => visit.report === undefined);
  await settleByArrival(
    work.sql,
    arrived.flatMap(({ channel: { deviceId, tenant }, owed, visit: { userId } }) =>
      owed ? [{ tenant, deviceId, userId }] : [],
    ),
  );
  await noteSeen(
    work.sql,
    arrived.flatMap(({ channel }) => (isNewlySeen(channel, now) ? [channel] : [])),
    now,
  );
}

/** Of a person's own device the hardware is not known here: its certificate alone says who it is. */
const isHardwareOf = ({ hardwareId }: AppleChannel, visit: AppleVisit): boolean =>
  hardwareId === "" || hardwareId === visit.hardwareId;

const isSignedIn = ({ accountDriven, enrollmentId, tenant }: AppleChannel, { grant }: AppleVisit): boolean =>
  !accountDriven || (grant?.tenant === tenant && grant.enrollmentId === enrollmentId);

/** Who has a device's certificate and is another machine. */
const strangersIn = (visits: readonly AppleVisit[], visitors: ReadonlyMap<string, Visitor>): StrayResult[] =>
  visits.flatMap((visit) => {
    const channel = visitors.get(enrollmentKey(visit))?.channel;
    if (channel === undefined || isHardwareOf(channel, visit)) return [];
    const { deviceId, tenant } = channel;
    const state = visit.report?.status ?? "Idle";
    return [{ tenant, deviceId, commandId: visit.report?.commandId.slice(0, 100) ?? "", kind: "stranger", state }];
  });
