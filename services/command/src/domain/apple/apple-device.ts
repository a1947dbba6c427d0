import type { ApplePlatform } from "./catalogue/command-facts.ts";

/** What decides whether a device may be asked something: told by enrollment, and looked at again when it is delivered. */
export interface AppleDevice {
  readonly platform: ApplePlatform;
  /** Such as 18.1; empty when it is not known. */
  readonly osVersion: string;
  readonly supervised: boolean;
  /** Whether it came by Automated Device Enrollment. */
  readonly automated: boolean;
  /** Whether it is a user enrollment: the device is its owner's. */
  readonly personal: boolean;
  readonly accessRights: number;
}

/** Whether, and in which generation of its enrollments, Apple's protocol reaches a device. */
export interface AppleReach extends AppleDevice {
  /** Commands of an earlier generation are not for the device any more. */
  readonly epoch: number;
  readonly enrolled: boolean;
}
