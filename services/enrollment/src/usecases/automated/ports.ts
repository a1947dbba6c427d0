import type { AbmDevice } from "../../domain/automated/abm-device.ts";
import type { AssignmentAnswer } from "../../domain/automated/assignment.ts";
import type { AppleAccount, ServerToken } from "../../domain/automated/automated-server.ts";
import type { SettingsProfile } from "../../domain/automated/settings-profile.ts";

export interface DevicePage {
  readonly devices: readonly AbmDevice[];
  readonly cursor: string;
  readonly moreToFollow: boolean;
}

export interface DeviceAnswer {
  readonly answer: AssignmentAnswer;
  /** How long Apple asks to wait before this device is named again, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** A beta program of one of Apple's systems. */
export interface BetaToken {
  readonly title: string;
  readonly os: string;
  readonly token: string;
}

/** One server at Apple's device-enrollment API. Everything throws AbmError. */
export interface AbmServer {
  account(): Promise<AppleAccount>;
  /** The devices there are; without a cursor from the beginning. */
  fetchDevices(cursor: string): Promise<DevicePage>;
  /** What has changed since the cursor. */
  syncDevices(cursor: string): Promise<DevicePage>;
  /** @returns the profile's UUID at Apple. */
  defineProfile(profile: SettingsProfile, url: string): Promise<string>;
  /** What Apple answered, by serial number. Without a profile, takes away what the devices have. */
  assignProfile(profileUuid: string | undefined, serialNumbers: readonly string[]): Promise<Map<string, DeviceAnswer>>;
  /** Gives devices up for good. */
  disown(serialNumbers: readonly string[]): Promise<Map<string, DeviceAnswer>>;
  /** Locks a lost device; texts may be empty. @returns SUCCESS, or why not in Apple's word. */
  lockActivation(
    serialNumber: string,
    saying: { readonly escrowKey: string; readonly lostMessage: string },
  ): Promise<string>;
  betaTokens(): Promise<BetaToken[]>;
  /** Where devices find us by an account, should its domain not say so. */
  announceDiscovery(url: string): Promise<void>;
}

/** Speaks with Apple for a server: `key` tells servers apart, whose sessions are kept. */
export type OpenAbm = (key: string, token: ServerToken) => AbmServer;
