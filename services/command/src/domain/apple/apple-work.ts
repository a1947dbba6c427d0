import type { Priority } from "./catalogue/command-facts.ts";

/** A command in Apple's words. What it carries is kept sealed, once for all devices that were asked in one go. */
export interface AppleWork {
  readonly requestType: string;
  /** The user whose channel it goes over; empty for the device's own. */
  readonly userId: string;
  /** The generation of the device's enrollment that it was asked in. */
  readonly epoch: number;
  /** What comes first; higher is sooner. */
  readonly priority: number;
  /** A newer command with the same key takes the place of one that was not delivered yet; empty when none does. */
  readonly supersedeKey: string;
  /** The device said NotNow since it last came by itself. */
  readonly putOff: boolean;
  readonly bodyId: string | undefined;
}

/** One error of the chain that a device reports. */
export interface AppleError {
  readonly code: number;
  readonly domain: string;
  readonly description: string;
}

export interface AppleAnswer {
  /** Apple's keys, without secrets and without what the device's ownership keeps private; data is base64. */
  readonly response: Readonly<Record<string, unknown>>;
  readonly errors: readonly AppleError[];
}

export const PRIORITIES: Readonly<Record<Priority, number>> = {
  security: 30,
  setup: 20,
  configuration: 10,
  inventory: 0,
};
