import type { TraceCarrier } from "@muster/host/telemetry";
import { validate as isUuid } from "uuid";
import type { AppleBody } from "../../domain/apple/apple-body.ts";
import type { AppleChannel } from "../../domain/apple/apple-channel.ts";
import { type AppleReport, inputOf } from "../../domain/apple/apple-report.ts";
import { factsOf } from "../../domain/apple/catalogue/catalogue.ts";
import { isPartial } from "../../domain/apple/partial-answer.ts";
import { withoutPrivate } from "../../domain/apple/private-answers.ts";
import { withoutSecrets } from "../../domain/apple/secret-answers.ts";
import type { Command } from "../../domain/command.ts";
import { hasEnded } from "../../domain/command.ts";
import { keyOf } from "../../domain/device-key.ts";
import { advance, type Step } from "../../domain/evolve.ts";
import { enrollmentKey, findByEnrollments } from "../../storage/apple-channels.ts";
import { type Asking, findAppleBodies, forgetPutOff, lockNext } from "../../storage/apple-commands.ts";
import { lockByIds } from "../../storage/commands.ts";
import { noteStrays, type StrayResult } from "../../storage/stray-results.ts";
import type { Announcer, CommandWork, Database } from "../ports.ts";
import { byDevice, recordSteps } from "../record-steps.ts";
import { askInventory } from "./ask-inventory.ts";
import { type BodySeal, whyNot } from "./plan-apple.ts";
import { releaseDevices, tellRelease } from "./release-devices.ts";

/** One request of a device at Apple's command channel. */
export interface AppleVisit {
  readonly tenant: string;
  readonly enrollmentId: string;
  /** The UDID or EnrollmentID that the device says it has. */
  readonly hardwareId: string;
  readonly userId: string;
  /** What it says of its last command; nothing when it comes by itself (Idle). */
  readonly report: AppleReport | undefined;
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
  | { readonly kind: "served"; readonly handed: Handed | undefined };

export interface ServeDeps extends BodySeal {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly now: () => Date;
  readonly openBody: (tenant: string, bodyId: string, sealed: Buffer) => AppleBody;
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
    if (channel?.enrolled !== true || !isHardwareOf(channel, visit)) continue;
    believed.push({ visit, channel });
    served.set(channelKey(channel, visit.userId), { visit, channel });
  }
  const requests = new Map(believed.map(({ channel, visit }) => [keyOf(channel), visit.trace]));
  const cause = byDevice(requests, now);
  const heard = await hear(work, believed, now);
  await recordSteps(work, heard, cause);
  const asking = [...served.values()].map(
    ({ channel, visit }): Asking => ({ channel, userId: visit.userId, fresh: visit.report === undefined }),
  );
  const picked = await pick(work, asking, deps, now);
  await recordSteps(work, picked.steps, cause);
  const bodies = await bodiesOf(work, [...picked.handed.values()], deps);
  const outcomes = visits.map((visit): VisitOutcome => {
    const channel = channels.get(enrollmentKey(visit));
    if (channel === undefined) return { kind: "unknown" };
    if (!channel.enrolled || !isHardwareOf(channel, visit)) return { kind: "refused" };
    const key = channelKey(channel, visit.userId);
    const command = picked.handed.get(key);
    // One channel may knock twice in one batch: the first knock gets the command.
    picked.handed.delete(key);
    const body = bodies.get(command?.apple?.bodyId ?? "") ?? { parameters: {} };
    return { kind: "served", handed: command && { command, channel, body } };
  });
  return { outcomes, steps: [...heard, ...picked.steps] };
}

/** Of a person's own device the hardware is not known here: its certificate alone says who it is. */
const isHardwareOf = ({ hardwareId }: AppleChannel, visit: AppleVisit): boolean =>
  hardwareId === "" || hardwareId === visit.hardwareId;

const channelKey = (channel: AppleChannel, userId: string): string => `${keyOf(channel)}/${userId}`;

/** Hears the reports; what is late, repeated or foreign is noted and changes nothing. */
async function hear(work: CommandWork, believed: readonly Served[], now: Date): Promise<Step[]> {
  const reports = believed.flatMap(({ channel, visit }) =>
    visit.report === undefined ? [] : [{ channel, userId: visit.userId, report: visit.report }],
  );
  if (reports.length === 0) return [];
  const keys = reports.flatMap(({ channel, report }) =>
    isUuid(report.commandId) ? [{ ...device(channel), id: report.commandId.toLowerCase() }] : [],
  );
  const known = new Map(
    (keys.length === 0 ? [] : await lockByIds(work.sql, keys)).map((command) => [
      `${keyOf(command)}/${command.id}`,
      command,
    ]),
  );
  const steps: Step[] = [];
  const strays: StrayResult[] = [];
  for (const { channel, report, userId } of reports) {
    const key = `${keyOf(channel)}/${report.commandId.toLowerCase()}`;
    const command = known.get(key);
    const isIts = command?.apple !== undefined && command.apple.userId === userId;
    const personal = channel.personal && isIts;
    const requestType = command?.apple?.requestType ?? "";
    const open = withoutSecrets(requestType, report.response);
    const kept = personal ? withoutPrivate(requestType, open) : open;
    const said: AppleReport = { ...report, response: kept };
    const { after, steps: taken } =
      isIts && command !== undefined ? advance(command, inputOf(said, now), now) : { after: undefined, steps: [] };
    if (after !== undefined) known.set(key, after);
    steps.push(...taken);
    for (const step of taken) {
      announceAnswer(work, step, channel, said, now);
      tellRelease(work, step, channel);
    }
    if (taken.length > 0) continue;
    const kind = !isIts || command?.state === "queued" ? "foreign" : "repeated";
    const id = report.commandId.replaceAll("\0", "\uFFFD").slice(0, 100);
    strays.push({ ...device(channel), commandId: id, kind, state: report.status });
  }
  await noteStrays(work.sql, strays, now);
  return steps;
}

const device = ({ deviceId, tenant }: AppleChannel) => ({ tenant, deviceId });

/** What a device answers to a question is told to whoever wants to know what it is like. */
function announceAnswer(
  work: CommandWork,
  { after, event }: Step,
  { deviceId, personal, tenant }: AppleChannel,
  { response }: AppleReport,
  now: Date,
): void {
  const requestType = after.apple?.requestType ?? "";
  const facts = factsOf(requestType);
  if (event.type !== "CommandAcknowledged" || facts?.class !== "question" || facts.priority !== "inventory") return;
  work.emit({
    type: "muster.command.v1.AppleAnswered",
    tenant,
    deviceId,
    actor: `device:${deviceId}`,
    trace: after.traceparent === "" ? {} : { traceparent: after.traceparent },
    data: {
      deviceId,
      userId: after.apple?.userId ?? "",
      commandId: after.id,
      requestType,
      response,
      answeredAt: now,
      partial: after.apple === undefined || isPartial(after.apple, personal),
    },
  });
}

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
        // The body is not opened to ask again: what an expert's property list holds was asked about when it was queued.
        const no = whyNot({ requestType, userId, body: { parameters: {} } }, channel);
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
  const released = await releaseDevices(
    work,
    idle.filter(({ channel }) => !handed.has(channelKey(channel, ""))),
    deps.newId,
    now,
  );
  if (released.length > 0) await choose(released);
  return { steps, handed };
}

const commandChannel = (command: Command): string => `${keyOf(command)}/${command.apple?.userId ?? ""}`;

async function bodiesOf(work: CommandWork, commands: readonly Command[], { openBody }: ServeDeps) {
  const keys = commands.flatMap(({ apple, tenant }) =>
    apple?.bodyId === undefined ? [] : [{ tenant, id: apple.bodyId }],
  );
  const sealed = await findAppleBodies(work.sql, keys);
  return new Map(
    keys.flatMap(({ tenant, id }): [string, AppleBody][] => {
      const found = sealed.get(id);
      return found === undefined ? [] : [[id, openBody(tenant, id, found)]];
    }),
  );
}
