import {
  AutomatedEnrollmentAssignment,
  type AutomatedEnrollmentDevice,
  type AutomatedEnrollmentProfile,
  AutomatedEnrollmentRelease,
  type AutomatedEnrollmentRule,
  type AutomatedEnrollmentServer,
} from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment";
import { isAsWanted, wantedProfile } from "../domain/automated/assignment.ts";
import type { AssignmentRule } from "../domain/automated/assignment-rule.ts";
import type { AutomatedServer } from "../domain/automated/automated-server.ts";
import type { ProfileSettings, SettingsProfile } from "../domain/automated/settings-profile.ts";
import type { ListedDevice } from "../storage/automated-devices.ts";
import type { Definition } from "../storage/automated-profiles.ts";
import type { StoredServer } from "../storage/automated-servers.ts";
import { minimumMessages, minimumsFrom } from "./minimum-messages.ts";

export const serverMessage = ({ sealed, server }: StoredServer, deviceCount: number): AutomatedEnrollmentServer => ({
  id: server.id,
  name: server.name,
  certificate: server.certificate,
  authorized: sealed.token !== undefined,
  tokenExpiresAt: server.tokenExpiresAt,
  appleName: server.account?.serverName ?? "",
  appleUuid: server.account?.serverUuid ?? "",
  organization: server.account?.organization ?? "",
  rules: [...server.rules],
  defaultProfileId: server.defaultProfileId ?? "",
  deviceCount,
  fetched: server.fetched,
  syncedAt: server.syncedAt,
  nextSyncAt: server.nextSyncAt,
  lastError: server.lastError,
  termsChangedAt: server.termsChangedAt,
  createdAt: server.createdAt,
  revision: server.revision,
});

export const rulesFrom = (rules: readonly AutomatedEnrollmentRule[]): AssignmentRule[] =>
  rules.map(({ assetTag, description, deviceFamily, model, profileId, serialPrefix }) => ({
    profileId,
    serialPrefix,
    model,
    deviceFamily,
    description,
    assetTag,
  }));

export const profileMessage = ({
  createdAt,
  hasReturnNetwork,
  id,
  name,
  revision,
  settings,
  updatedAt,
}: SettingsProfile): AutomatedEnrollmentProfile => ({
  id,
  name,
  supervised: settings.supervised,
  mandatory: settings.mandatory,
  removable: settings.removable,
  awaitConfiguration: settings.awaitConfiguration,
  release: settings.releasedByHand
    ? AutomatedEnrollmentRelease.AUTOMATED_ENROLLMENT_RELEASE_BY_HAND
    : AutomatedEnrollmentRelease.AUTOMATED_ENROLLMENT_RELEASE_UNSPECIFIED,
  autoAdvance: settings.autoAdvance,
  sharedIpad: settings.sharedIpad,
  webView: settings.webView,
  ignoreBackupProfile: settings.ignoreBackupProfile,
  returnToService: settings.returnToService,
  returnNetwork: Buffer.alloc(0),
  hasReturnNetwork,
  skipSetupItems: [...settings.skipSetupItems],
  department: settings.department,
  supportPhoneNumber: settings.supportPhoneNumber,
  supportEmailAddress: settings.supportEmailAddress,
  language: settings.language,
  region: settings.region,
  anchorCertificates: [...settings.anchorCertificates],
  minimums: minimumMessages(settings.minimums),
  createdAt,
  updatedAt,
  revision,
});

const settingsFrom = (profile: AutomatedEnrollmentProfile): ProfileSettings => ({
  supervised: profile.supervised,
  mandatory: profile.mandatory,
  removable: profile.removable,
  awaitConfiguration: profile.awaitConfiguration,
  releasedByHand: profile.release === AutomatedEnrollmentRelease.AUTOMATED_ENROLLMENT_RELEASE_BY_HAND,
  autoAdvance: profile.autoAdvance,
  sharedIpad: profile.sharedIpad,
  webView: profile.webView,
  ignoreBackupProfile: profile.ignoreBackupProfile,
  returnToService: profile.returnToService,
  skipSetupItems: profile.skipSetupItems,
  department: profile.department,
  supportPhoneNumber: profile.supportPhoneNumber,
  supportEmailAddress: profile.supportEmailAddress,
  language: profile.language,
  region: profile.region,
  anchorCertificates: profile.anchorCertificates,
  minimums: minimumsFrom(profile.minimums),
});

export const writtenProfile = (profile: AutomatedEnrollmentProfile) => ({
  name: profile.name,
  settings: settingsFrom(profile),
  returnNetwork: Buffer.from(profile.returnNetwork),
});

/** A device with what its server's rules and definitions make of it. */
export function deviceMessage(
  { device, deviceId }: ListedDevice,
  server: Pick<AutomatedServer, "rules" | "defaultProfileId">,
  definitions: readonly Definition[],
): AutomatedEnrollmentDevice {
  const profileId = wantedProfile(device, server.rules, server.defaultProfileId);
  const current = definitions.find((each) => !each.superseded && each.profileId === profileId);
  return {
    serialNumber: device.serialNumber,
    serverId: device.serverId,
    model: device.model,
    description: device.description,
    color: device.color,
    assetTag: device.assetTag,
    deviceFamily: device.deviceFamily,
    os: device.os,
    profileStatus: device.profileStatus,
    profileId: profileId ?? "",
    chosen: device.choice.by === "hand",
    assignment: assignmentOf(device, profileId, current?.profileUuid),
    assignmentResult: device.answer ?? "",
    retryAt: device.retryAt,
    assignedAt: device.assignedAt,
    deviceId: deviceId ?? "",
    migrationDeadline: device.migrationDeadline,
  };
}

function assignmentOf(
  device: ListedDevice["device"],
  profileId: string | undefined,
  profileUuid: string | undefined,
): AutomatedEnrollmentAssignment {
  const isNothingWanted = profileId === undefined && device.choice.by === "rules";
  if (isNothingWanted) return AutomatedEnrollmentAssignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_UNSPECIFIED;
  const isDone = (profileId === undefined || profileUuid !== undefined) && isAsWanted(device, profileUuid);
  if (isDone) return AutomatedEnrollmentAssignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_DONE;
  return device.failures > 0
    ? AutomatedEnrollmentAssignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_FAILED
    : AutomatedEnrollmentAssignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_PENDING;
}
