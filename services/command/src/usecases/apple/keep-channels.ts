import { AppleEnrollmentKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { type Enrollment, Ownership, Platform, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { newIds } from "@muster/postgres/new-ids";
import { Uuids } from "@muster/postgres/uuids";
import type { ApplePlatform } from "../../domain/apple/catalogue/command-facts.ts";
import type { Command } from "../../domain/command.ts";
import { UNENROLLED } from "../../domain/decide.ts";
import { keyOf } from "../../domain/device-key.ts";
import type { Step } from "../../domain/evolve.ts";
import { putAppleChannels, type VersionedAppleChannel } from "../../storage/apple-channels.ts";
import { type AlikeCommands, cancelEarlierEpochs } from "../../storage/apple-commands.ts";
import { waitForAskers } from "../../storage/device-kinds.ts";
import { commandMessage } from "../command-message.ts";
import { traceOfCommand } from "../note-step.ts";
import type { CommandWork } from "../ports.ts";
import { byPlatform, tellEach } from "../record-steps.ts";
import { followSteps } from "../vpp/follow-steps.ts";

const PLATFORMS: Partial<Record<Platform, ApplePlatform>> = {
  [Platform.PLATFORM_MACOS]: "macos",
  [Platform.PLATFORM_IOS]: "ios",
  // Apple's documentation counts the iPad's system as iOS.
  [Platform.PLATFORM_IPADOS]: "ios",
  [Platform.PLATFORM_TVOS]: "tvos",
  [Platform.PLATFORM_VISIONOS]: "visionos",
  [Platform.PLATFORM_WATCHOS]: "watchos",
};

const ACCOUNT_DRIVEN: ReadonlySet<AppleEnrollmentKind> = new Set([
  AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_ACCOUNT_DEVICE,
  AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_ACCOUNT_USER,
]);

/** How Apple's protocol reaches a device of the registry; nothing when it did not enroll over it. */
export function versionedChannel(tenant: string, enrollment: Enrollment): VersionedAppleChannel | undefined {
  const { apple, deviceId, generations, ownership, platform, status, version } = enrollment;
  const known = PLATFORMS[platform];
  if (apple === undefined || known === undefined) return undefined;
  return {
    tenant,
    deviceId,
    enrollmentId: apple.enrollmentId,
    epoch: generations["apple"] ?? 0,
    enrolled: status !== Status.STATUS_UNENROLLED,
    hardwareId: apple.udid || apple.userEnrollmentId,
    platform: known,
    osVersion: apple.osVersion,
    supervised: apple.supervised,
    automated: apple.kind === AppleEnrollmentKind.APPLE_ENROLLMENT_KIND_AUTOMATED,
    personal: ownership === Ownership.OWNERSHIP_PERSONAL,
    accessRights: apple.accessRights,
    awaitingConfiguration: apple.awaitingConfiguration && !apple.releasedByHand,
    accountDriven: ACCOUNT_DRIVEN.has(apple.kind),
    inventoryAt: undefined,
    seenAt: undefined,
    version,
  };
}

/** Keeps what enrollment told; what a device had open from before it enrolled anew is cancelled. */
export async function keepAppleChannels(
  work: CommandWork,
  channels: readonly VersionedAppleChannel[],
  now: Date,
): Promise<void> {
  const again = await putAppleChannels(work.sql, channels);
  await waitForAskers(
    work.sql,
    again.map(({ tenant }) => tenant),
  );
  const cancelled = await cancelEarlierEpochs(work.sql, again, UNENROLLED.result, now);
  await followSteps(work, cancelled.flatMap(stepsOf));
  for (const run of runsOf(cancelled)) tellCancelled(work, run);
}

/** More are told by one statement that writes what they share once. */
const TOLD_ALONE = 50;

function tellCancelled(work: CommandWork, run: AlikeCommands): void {
  if (run.members.length <= TOLD_ALONE) return tellEach(work, stepsOf(run), byPlatform);
  const [id = "", deviceId = ""] = newIds(2);
  const devices = run.members.map(() => run.like.deviceId);
  work.emitAlike({
    type: "muster.command.v1.CommandCancelled",
    tenant: run.like.tenant,
    actor: "",
    trace: traceOfCommand(run.like),
    deviceIds: Uuids.of(devices),
    data: { command: commandMessage({ ...run.like, id, deviceId }) },
    places: { [id]: Uuids.of(run.members.map((member) => member.id)), [deviceId]: Uuids.of(devices) },
  });
}

const stepsOf = ({ like, members }: AlikeCommands): Step[] =>
  members.map(({ id, seq }) => ({ event: UNENROLLED, after: { ...like, id, seq: String(seq) } }));

/** The same commands, device by device in the order of asking, in as few runs of alike ones as that takes. */
function runsOf(alike: readonly AlikeCommands[]): AlikeCommands[] {
  const inOrder = alike
    .flatMap(({ like, members }) => members.map((member) => ({ like, member, of: keyOf(like) })))
    .sort((one, other) =>
      one.of === other.of ? (one.member.seq < other.member.seq ? -1 : 1) : one.of < other.of ? -1 : 1,
    );
  const runs: { readonly like: Command; readonly members: AlikeCommands["members"][number][] }[] = [];
  for (const { like, member } of inOrder) {
    const last = runs.at(-1);
    if (last?.like === like) last.members.push(member);
    else runs.push({ like, members: [member] });
  }
  return runs;
}
