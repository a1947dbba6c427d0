import type { AppleReach } from "./apple-device.ts";

/** How Apple's protocol reaches a device, as enrollment told last. */
export interface AppleChannel extends AppleReach {
  readonly tenant: string;
  readonly deviceId: string;
  /** The enrollment that speaks for the device now. */
  readonly enrollmentId: string;
  /** The UDID, or the EnrollmentID of a user enrollment. */
  readonly hardwareId: string;
  /** Whether it waits in Setup Assistant until it is let out from here, and not by a person. */
  readonly awaitingConfiguration: boolean;
  /** Whether a managed account led it here: then it shows with each request that somebody is signed in. */
  readonly accountDriven: boolean;
  /** When it was last asked what it is like. */
  readonly inventoryAt: Date | undefined;
  /** When it was last here, to the hour. */
  readonly seenAt: Date | undefined;
}

const SEEN_EVERY_MS = 3_600_000;

/** Whether it is worth a write that the device is here. */
export const isNewlySeen = ({ seenAt }: AppleChannel, now: Date): boolean =>
  seenAt === undefined || now.getTime() - seenAt.getTime() >= SEEN_EVERY_MS;

const STALE_MS = 24 * 3_600_000;

/** A device that was asked before this is asked again. */
export const inventoryStaleBefore = (now: Date): Date => new Date(now.getTime() - STALE_MS);

/** Whether it is time to ask the device what it is like. */
export const inventoryIsDue = ({ inventoryAt }: AppleChannel, now: Date): boolean =>
  inventoryAt === undefined || inventoryAt <= inventoryStaleBefore(now);
