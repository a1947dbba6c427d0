import type { AccountGrant } from "@muster/device-identity/account-token";
import type { TraceCarrier } from "@muster/host/telemetry";
import type { AppleBody } from "../../domain/apple/apple-body.ts";
import { type AppleChannel, isNewlySeen } from "../../domain/apple/apple-channel.ts";
import type { AppleReport } from "../../domain/apple/apple-report.ts";
import type { Command } from "../../domain/command.ts";
import { hasEnded } from "../../domain/command.ts";
import { keyOf } from "../../domain/device-key.ts";
import { advance, type Step } from "../../domain/evolve.ts";
import { enrollmentKey, findByEnrollments, noteSeen } from "../../storage/apple-channels.ts";
import { type Asking, forgetPutOff, lockNext } from "../../storage/apple-commands.ts";
import { settleByArrival } from "../../storage/push-dues.ts";
import { noteStrays, type StrayResult } from "../../storage/stray-results.ts";
import type { Announcer, CommandWork, Database } from "../ports.ts";
import { oweReminders } from "../push/push-work.ts";
import { byDevice, recordSteps } from "../record-steps.ts";
import { bodiesOf } from "./apple-bodies.ts";
import { askInstalls } from "./ask-installs.ts";
import { askInventory } from "./ask-inventory.ts";
import { type HearDeps, hearApple } from "./hear-apple.ts";
import { type BodySeal, whyNot } from "./plan-apple.ts";
import { releaseDevices } from "./release-devices.ts";

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
 * do costs its share of two look-ups, however much it did before.
 */
export const serveApple =
  (deps: ServeDeps) =>
  async (visits: readonly AppleVisit[]): Promise<VisitOutcome[]> => {
    const { outcomes, steps } = await deps.database.system((work) => serve(work, visits, deps));
    if (steps.length > 0) deps.announcer.changed(steps.map(({ after }) => after));
    return outcomes;
  };

interface Served {
  readonly visit: AppleVisit;
  readonly channel: AppleChannel;
}

async function serve(work: CommandWork, visits: readonly AppleVisit[], deps: ServeDeps) {
  const now = deps.now();
  const channels = await findByEnrollments(work.sql, visits);
  const served = new Map<string, Served>();
  const believed: Served[] = [];
  for (const visit of visits) {
    const channel = channels.get(enrollmentKey(visit));
    if (channel?.enrolled !== true || !isHardwareOf(channel, visit) || !isSignedIn(channel, visit)) continue;
    believed.push({ visit, channel });
    served.set(channelKey(channel, visit.userId), { visit, channel });
  }
  const requests = new Map(believed.map(({ channel, visit }) => [keyOf(channel), visit.trace]));
  const cause = byDevice(requests, now);
  const reports = believed.flatMap(({ channel, visit }) =>
    visit.report === undefined ? [] : [{ channel, userId: visit.userId, report: visit.report }],
  );
  const { restless, steps: heard } = await hearApple(work, reports, deps, now);
  await noteStrays(work.sql, strangersIn(visits, channels), now);
  await recordSteps(work, heard, cause);
  await noteArrivals(work, believed, now);
  await oweReminders(work, heard, now);
  const asking = [...served.values()].map(
    ({ channel, visit }): Asking => ({
      channel: restless.has(keyOf(channel)) ? { ...channel, inventoryAt: undefined } : channel,
      userId: visit.userId,
      fresh: visit.report === undefined,
    }),
  );
  const picked = await pick(work, asking, deps, now);
  await recordSteps(work, picked.steps, cause);
  const bodies = await bodiesOf(work, [...picked.handed.values()], deps.openBody);
  const outcomes = visits.map((visit): VisitOutcome => {
    const channel = channels.get(enrollmentKey(visit));
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
  if (arrived.length === 0) return;
  await settleByArrival(
    work.sql,
    arrived.map(({ channel: { deviceId, tenant }, visit: { userId } }) => ({ tenant, deviceId, userId })),
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
const strangersIn = (visits: readonly AppleVisit[], channels: ReadonlyMap<string, AppleChannel>): StrayResult[] =>
  visits.flatMap((visit) => {
    const channel = channels.get(enrollmentKey(visit));
    if (channel === undefined || isHardwareOf(channel, visit)) return [];
    const { deviceId, tenant } = channel;
    const state = visit.report?.status ?? "Idle";
    return [{ tenant, deviceId, commandId: visit.report?.commandId.slice(0, 100) ?? "", kind: "stranger", state }];
  });

const channelKey = (channel: AppleChannel, userId: string): string => `${keyOf(channel)}/${userId}`;

/** Hands each channel its next command; what it may not be asked any more fails on the way. */
async function pick(work: CommandWork, asking: readonly Asking[], deps: ServeDeps, now: Date) {
  const steps: Step[] = [];
  const handed = new Map<string, Command>();
  const choose = async (of: readonly Asking[]) => {
    if (of.length === 0) return;
    const candidates = Map.groupBy(await lockNext(work.sql, of, now), (command) => commandChannel(command));
    for (const { channel, userId } of of) {
      const key = channelKey(channel, userId);
      for (const command of candidates.get(key) ?? []) {
        const { requestType = "" } = command.apple ?? {};
        const no = whyNot({ requestType, userId }, channel);
        const { after, steps: taken } = advance(command, { kind: "hand_out_apple", ineligible: no?.code }, now);
        steps.push(...taken);
        if (taken.length === 0 || hasEnded(after)) continue;
        handed.set(key, after);
        break;
      }
    }
  };
  await choose(asking);
  const putOff = asking.filter(({ fresh }) => fresh);
  const begun = putOff.filter(({ channel, userId }) => handed.has(channelKey(channel, userId)));
  if (begun.length > 0) await forgetPutOff(work.sql, begun);
  const idle = asking.filter(({ channel, userId }) => userId === "" && !handed.has(channelKey(channel, "")));
  const asked = await askInventory(work, idle, deps, now);
  if (asked.length > 0) await choose(asked);
  const isIdle = ({ channel }: Asking) => !handed.has(channelKey(channel, ""));
  const following = await askInstalls(work, idle.filter(isIdle), deps.newId, now);
  if (following.length > 0) await choose(following);
  const done = idle.filter(isIdle).map(({ channel }) => channel);
  const released = await releaseDevices(work, done, deps.newId, now);
  await choose(released.map((channel) => ({ channel, userId: "", fresh: true })));
  return { steps, handed };
}

const commandChannel = (command: Command): string => `${keyOf(command)}/${command.apple?.userId ?? ""}`;
