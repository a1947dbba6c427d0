import { AppleEnrollmentKind } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import { type Enrollment, Ownership, Platform, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { ApplePlatform } from "../../domain/apple/catalogue/command-facts.ts";
import { putAppleChannels, type VersionedAppleChannel } from "../../storage/apple-channels.ts";
import { noteEndedEpochs } from "../../storage/ended-epochs.ts";
import type { CommandWork } from "../ports.ts";

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

/**
 * Keeps what enrollment told. What a device had open from before it enrolled anew is not handed out any more once this commits;
 * `endEarlier` cancels it then.
 */
export async function keepAppleChannels(
  work: CommandWork,
  channels: readonly VersionedAppleChannel[],
  endEarlier: () => void,
): Promise<void> {
  const again = await putAppleChannels(work.sql, channels);
  if (again.length === 0) return;
  await noteEndedEpochs(work.sql, again);
  work.afterCommit(endEarlier);
}
