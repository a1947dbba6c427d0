import { type Enrollment, Ownership, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { HeardEvent } from "@muster/postgres/listen";
import type { Channel } from "../domain/channel.ts";
import type { DeviceKey } from "../domain/device-key.ts";
import { keyOf } from "../domain/device-key.ts";
import { advance } from "../domain/evolve.ts";
import { returnAllOf } from "../storage/app-steps.ts";
import { endAppleChannels, type VersionedAppleChannel } from "../storage/apple-channels.ts";
import { putChannels } from "../storage/channels.ts";
import { lockOpen } from "../storage/commands.ts";
import { forgetDeadTokens } from "../storage/dead-tokens.ts";
import { waitForAskers } from "../storage/device-kinds.ts";
import { owePushes } from "../storage/push-dues.ts";
import { keepAppleChannels, versionedChannel } from "../usecases/apple/keep-channels.ts";
import type { BodySeal } from "../usecases/apple/plan-apple.ts";
import type { CommandWork } from "../usecases/ports.ts";
import { byPlatform, recordSteps } from "../usecases/record-steps.ts";
import { askForRenewals } from "./on-renewal.ts";

type VersionedChannel = Channel & {
  readonly version: number;
  /** Whether Apple's protocol reaches it. */
  readonly apple: boolean;
};

export interface OnEnrollmentDeps {
  readonly now: () => Date;
  readonly sealing: BodySeal;
  /** Cancels what devices had open from before they enrolled anew. */
  readonly endEarlier: () => void;
}

/**
 * Keeps what enrollment tells of the devices; what a device that left had open is cancelled. What enrollment wants of a
 * device comes after what it told of it.
 */
export const onEnrollment =
  ({ endEarlier, now, sealing }: OnEnrollmentDeps) =>
  async (work: CommandWork, heard: readonly HeardEvent[]): Promise<void> => {
    const events = heard.filter(
      ({ type }) =>
        type !== "muster.enrollment.v1.IdentityRenewalRequested" && type !== "muster.enrollment.v1.PushTokenChanged",
    );
    await keepDevices(work, events, { endEarlier, now });
    await takeTokens(work, heard, now());
    await askForRenewals(work, heard, now, sealing);
  };

async function keepDevices(
  work: CommandWork,
  events: readonly HeardEvent[],
  { endEarlier, now }: Omit<OnEnrollmentDeps, "sealing">,
): Promise<void> {
  if (events.length === 0) return;
  const newest = new Map<string, VersionedChannel>();
  for (const channel of events.map(channelIn)) {
    const held = newest.get(keyOf(channel));
    if (held === undefined || held.version < channel.version) newest.set(keyOf(channel), channel);
  }
  const changed = await putChannels(work.sql, [...newest.values()]);
  await endAppleChannels(
    work.sql,
    [...newest.values()].filter((channel) => !channel.apple),
  );
  await keepAppleChannels(work, newestApple(events), endEarlier);
  const gone = changed.filter(({ enrolled }) => !enrolled);
  if (gone.length === 0) return;
  await waitForAskers(
    work.sql,
    gone.map(({ tenant }) => tenant),
  );
  await returnAllOf(work.sql, gone, now());
  const open = await lockOpen(work.sql, gone);
  const steps = open.flatMap((command) => advance(command, { kind: "unenrolled" }, now()).steps);
  await recordSteps(work, steps, byPlatform);
}

/**
 * A channel that has a new token is woken: what was sent to the one before may not have arrived. One that says its token anew
 * is reached by it, whatever the push service said before.
 */
async function takeTokens(work: CommandWork, heard: readonly HeardEvent[], now: Date): Promise<void> {
  const ready = heard.flatMap((event) =>
    event.type === "muster.enrollment.v1.PushTokenChanged" && event.data.pushReady
      ? [{ tenant: event.tenant, deviceId: event.data.deviceId, userId: event.data.userId, dueAt: now }]
      : [],
  );
  await forgetDeadTokens(work.sql, ready);
  await owePushes(work.sql, ready, "token");
}

/** What the events tell of Apple devices, the newest of each device. */
function newestApple(events: readonly HeardEvent[]): VersionedAppleChannel[] {
  const newest = new Map<string, VersionedAppleChannel>();
  for (const event of events) {
    const channel = versionedChannel(event.tenant, enrollmentIn(event));
    if (channel === undefined) continue;
    const held = newest.get(keyOf(channel));
    if (held === undefined || held.version < channel.version) newest.set(keyOf(channel), channel);
  }
  return [...newest.values()];
}

/** The devices that these events say have left. */
export const devicesGone = (events: readonly HeardEvent[]): DeviceKey[] =>
  events
    .filter(({ type }) => type === "muster.enrollment.v1.DeviceUnenrolled")
    .map(({ tenant, deviceId }) => ({ tenant, deviceId }));

/** The devices that these events say can be woken from now on. */
export const devicesReached = (events: readonly HeardEvent[]): DeviceKey[] =>
  events
    .filter(({ type }) => type === "muster.enrollment.v1.PushTokenChanged")
    .map(({ tenant, deviceId }) => ({ tenant, deviceId }));

const channelIn = (event: HeardEvent): VersionedChannel => channelOf(event.tenant, enrollmentIn(event));

function enrollmentIn(event: HeardEvent): Enrollment {
  if (
    event.type !== "muster.enrollment.v1.DeviceEnrolled" &&
    event.type !== "muster.enrollment.v1.DeviceUnenrolled" &&
    event.type !== "muster.enrollment.v1.IdentityRenewed"
  ) {
    throw new Error(`the event ${event.type} was not asked for`);
  }
  if (event.data.enrollment === undefined) throw new Error(`the event ${event.type} carries no enrollment`);
  return event.data.enrollment;
}

const channelOf = (
  tenant: string,
  { apple, deviceId, status, ownership, generations, version }: Enrollment,
): VersionedChannel => ({
  tenant,
  deviceId,
  enrolled: status !== Status.STATUS_UNENROLLED,
  personal: ownership === Ownership.OWNERSHIP_PERSONAL,
  generations: {
    osquery: generations["osquery"] ?? 0,
    orbit: generations["orbit"] ?? 0,
    agent: generations["agent"] ?? 0,
  },
  version,
  apple: apple !== undefined,
});
