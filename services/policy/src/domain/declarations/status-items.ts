import type { ApplePlatform } from "./catalogue.ts";

/** The status items of Apple's documentation, OS 18 generation. */
const KNOWN: ReadonlySet<string> = new Set([
  "account.list.caldav",
  "account.list.carddav",
  "account.list.exchange",
  "account.list.google",
  "account.list.ldap",
  "account.list.mail.incoming",
  "account.list.mail.outgoing",
  "account.list.subscribed-calendar",
  "app.managed.list",
  "device.identifier.serial-number",
  "device.identifier.udid",
  "device.model.family",
  "device.model.identifier",
  "device.model.marketing-name",
  "device.model.number",
  "device.operating-system.build-version",
  "device.operating-system.family",
  "device.operating-system.marketing-name",
  "device.operating-system.supplemental.build-version",
  "device.operating-system.supplemental.extra-version",
  "device.operating-system.version",
  "device.power.battery-health",
  "diskmanagement.filevault.enabled",
  "management.client-capabilities",
  "management.declarations",
  "mdm.app",
  "passcode.is-compliant",
  "passcode.is-present",
  "screensharing.connection.group.unresolved-connection",
  "security.certificate.list",
  "services.background-task",
  "softwareupdate.beta-enrollment",
  "softwareupdate.device-id",
  "softwareupdate.failure-reason",
  "softwareupdate.install-reason",
  "softwareupdate.install-state",
  "softwareupdate.pending-version",
  "test.array-value",
  "test.boolean-value",
  "test.dictionary-value",
  "test.error-value",
  "test.integer-value",
  "test.real-value",
  "test.string-value",
]);

export const isStatusItem = (path: string): boolean => KNOWN.has(path);

const MANAGEMENT = ["management.client-capabilities", "management.declarations"] as const;
const DEVICE = [
  "device.model.family",
  "device.model.identifier",
  "device.model.marketing-name",
  "device.operating-system.build-version",
  "device.operating-system.family",
  "device.operating-system.marketing-name",
  "device.operating-system.supplemental.build-version",
  "device.operating-system.supplemental.extra-version",
  "device.operating-system.version",
] as const;
const PASSCODE = ["passcode.is-compliant", "passcode.is-present"] as const;
const UPDATES = [
  "softwareupdate.failure-reason",
  "softwareupdate.install-reason",
  "softwareupdate.install-state",
  "softwareupdate.pending-version",
] as const;
const NAMED = ["device.identifier.serial-number", "device.identifier.udid", "device.model.number"] as const;

/** What may be known of a device that a person owns: whether it is safe to let in, and nothing about the person. */
const PERSONAL: ReadonlySet<string> = new Set([
  ...MANAGEMENT,
  ...DEVICE,
  ...PASSCODE,
  ...UPDATES,
  "diskmanagement.filevault.enabled",
]);

export const isForPersonal = (path: string): boolean => PERSONAL.has(path);

/** What each device is asked to tell of, whatever an administrator declares. */
export function subscribedItems(platform: ApplePlatform, personal: boolean): string[] {
  const items = [...MANAGEMENT, ...DEVICE];
  return [
    ...items,
    ...(platform === "tvos" ? [] : PASSCODE),
    ...(platform === "ios" || platform === "macos" ? UPDATES : []),
    ...(platform === "macos" ? ["diskmanagement.filevault.enabled"] : []),
    ...(personal ? [] : NAMED),
    ...(personal || platform === "tvos" || platform === "visionos" ? [] : ["device.power.battery-health"]),
  ].sort();
}

/** What a user's channel tells of. */
export const USER_ITEMS: readonly string[] = MANAGEMENT;
