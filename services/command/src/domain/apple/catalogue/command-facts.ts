import type { EscrowKind } from "../escrow-kind.ts";
import type { Parameters } from "./parameter.ts";

export type ApplePlatform = "ios" | "macos" | "tvos" | "visionos" | "watchos";

/** What may happen when a command is asked for twice, or to the wrong device; people's confirmation depends on it. */
export type CommandClass = "destructive" | "change" | "question";

/** What comes first when a device has several things to do. */
export type Priority = "security" | "setup" | "configuration" | "inventory";

/** What Apple's documentation says of one command. */
export interface CommandFacts {
  /** The first version of each platform's system that knows it; a platform that is not named never does. */
  readonly since: Readonly<Partial<Record<ApplePlatform, string>>>;
  /** The first major version that no longer knows it. */
  readonly removedIn?: number;
  /** Where the device has to be supervised. */
  readonly supervised?: readonly ApplePlatform[];
  /** Where the device has to have come by Automated Device Enrollment. */
  readonly automated?: readonly ApplePlatform[];
  /** Where a user enrollment may not be asked. */
  readonly notPersonal?: readonly ApplePlatform[];
  /** The channels of a Mac it may go over; without it, only the device's. Other platforms have one channel only. */
  readonly macChannels?: "device" | "user" | "both";
  /** The bits of AccessRights that the enrollment has to have, all of them. */
  readonly right?: number;
  readonly class: CommandClass;
  readonly priority: Priority;
  readonly parameters: Parameters;
  readonly secretAnswers?: readonly SecretAnswer[];
}

/** How a device gives a secret: as text, or in a CMS envelope. */
export type EscrowForm = "text" | "envelope";

/** A key of an answer that is a secret: it goes into escrow or is thrown away, and is never stored with the answer. */
export interface SecretAnswer {
  /** From the answer's top. */
  readonly path: readonly string[];
  /** Left out for what nobody needs. */
  readonly escrow?: { readonly kind: EscrowKind; readonly form: EscrowForm; readonly unproven?: true };
}

/** The bits of AccessRights, by what they allow. */
export const RIGHT = {
  inspectProfiles: 1,
  changeProfiles: 2,
  lock: 4,
  erase: 8,
  deviceInformation: 16,
  networkInformation: 32,
  inspectProvisioningProfiles: 64,
  changeProvisioningProfiles: 128,
  inspectApplications: 256,
  restrictions: 512,
  security: 1024,
  settings: 2048,
  applications: 4096,
} as const;

export const ALL_RIGHTS = 8191;
