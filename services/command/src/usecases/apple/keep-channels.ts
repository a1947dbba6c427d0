import { AppleEnrollmentKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { type Enrollment, Ownership, Platform, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { ApplePlatform } from "../../domain/apple/catalogue/command-facts.ts";
import { UNENROLLED } from "../../domain/decide.ts";
import type { Step } from "../../domain/evolve.ts";
import { putAppleChannels, type VersionedAppleChannel } from "../../storage/apple-channels.ts";
import { cancelEarlierEpochs } from "../../storage/apple-commands.ts";
import { waitForAskers } from "../../storage/device-kinds.ts";
import type { CommandWork } from "../ports.ts";
import { byPlatform, tellSteps } from "../record-steps.ts";

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
  const { result, type } = UNENROLLED;
  const cancelled = await cancelEarlierEpochs(work.sql, again, result, now);
  const steps = cancelled.map((after): Step => ({ event: { type, result }, after }));
  await tellSteps(work, steps, byPlatform);
}
