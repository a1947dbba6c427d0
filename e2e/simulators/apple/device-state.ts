import type { SeededRandom } from "../seeded-random.ts";
import type { AppleHardware } from "./hardware/apple-hardware.ts";
import type { AppleOs } from "./hardware/apple-models.ts";
import type { Plist, PlistValue } from "./plist/plist-value.ts";
import type { ConfigurationProfile } from "./profile/configuration-profile.ts";

export interface InstalledProfile {
  readonly profile: ConfigurationProfile;
  readonly by: "enrollment" | "command" | "declaration";
}

export interface InstalledApp {
  readonly identifier: string;
  readonly name: string;
  readonly version: string;
  readonly bundleSize: number;
  /** Put there by MDM. */
  readonly managed: boolean;
  readonly source: "system" | "user" | "store" | "enterprise";
}

export interface ManagedApp {
  readonly status: string;
  readonly managementFlags: number;
  readonly configuration: Plist | undefined;
  readonly attributes: Plist | undefined;
}

export interface LocalUser {
  readonly name: string;
  readonly fullName: string;
  readonly uid: number;
  readonly guid: string;
  readonly loggedIn: boolean;
  readonly admin: boolean;
  readonly secureToken: boolean;
}

export interface LostMode {
  readonly message: string;
  readonly phoneNumber: string;
  readonly footnote: string;
}

/** Everything about a device that commands, declarations and its holder can change. */
export interface DeviceState {
  deviceName: string;
  hostName: string;
  os: AppleOs;
  supervised: boolean;
  sharedIpad: boolean;
  enrolledViaDep: boolean;
  userEnrollment: boolean;
  userApproved: boolean;
  awaitingConfiguration: boolean;
  passcode: string | undefined;
  /** The screen is locked, or a Mac naps: most commands are for later. */
  locked: boolean;
  /** Asked for at the lock screen of a Mac that was locked from afar. */
  lockPin: string | undefined;
  /** Nobody answers a push. */
  poweredOff: boolean;
  /** Opens the keybag for ClearPasscode; changes when the passcode does. */
  unlockToken: Buffer | undefined;
  lostMode: LostMode | undefined;
  location: { latitude: number; longitude: number };
  batteryLevel: number;
  readonly profiles: Map<string, InstalledProfile>;
  readonly provisioningProfiles: Map<string, { readonly name: string; readonly expires: Date }>;
  readonly apps: Map<string, InstalledApp>;
  readonly managedApps: Map<string, ManagedApp>;
  users: LocalUser[];
  fileVaultKey: string | undefined;
  recoveryLock: string | undefined;
  firmwarePassword: string | undefined;
  /** What the firmware takes over at the next start; empty for none. */
  nextFirmwarePassword: string | undefined;
  bootstrapToken: Buffer | undefined;
  activationLockBypassCode: string | undefined;
  remoteDesktop: boolean;
  /** What Settings commands set, by item. */
  readonly settings: Map<string, PlistValue>;
}

const APPS: Readonly<Record<AppleHardware["kind"], readonly (readonly [string, string])[]>> = {
  Mac: [
    ["com.apple.Safari", "Safari"],
    ["com.google.Chrome", "Google Chrome"],
    ["com.microsoft.Word", "Microsoft Word"],
    ["us.zoom.xos", "zoom.us"],
    ["com.tinyspeck.slackmacgap", "Slack"],
    ["org.mozilla.firefox", "Firefox"],
  ],
  iPhone: [
    ["com.google.chrome.ios", "Chrome"],
    ["com.microsoft.Office.Outlook", "Outlook"],
    ["com.tinyspeck.chatlyio", "Slack"],
    ["com.spotify.client", "Spotify"],
  ],
  iPad: [
    ["com.apple.Keynote", "Keynote"],
    ["com.goodnotesapp.x", "Goodnotes"],
    ["com.microsoft.Office.Word", "Word"],
  ],
  AppleTV: [["com.netflix.Netflix", "Netflix"]],
};

/** Six groups of four, as FileVault shows a personal recovery key. */
export const drawRecoveryKey = (random: SeededRandom): string =>
  Array.from({ length: 6 }, () => random.serial(4)).join("-");

const drawApps = (hardware: AppleHardware, random: SeededRandom): [string, InstalledApp][] =>
  random.some(APPS[hardware.kind], random.int(1, APPS[hardware.kind].length)).map(([identifier, name]) => [
    identifier,
    {
      identifier,
      name,
      version: `${random.int(1, 130)}.${random.int(0, 9)}.${random.int(0, 20)}`,
      bundleSize: random.int(10_000_000, 900_000_000),
      managed: false,
      source: "user",
    },
  ]);

/** A device as it comes out of the hands of its holder: passcode set, disk encrypted more often than not. */
export const freshState = (hardware: AppleHardware, random: SeededRandom): DeviceState => {
  const { kind, person, os } = hardware;
  const mac = kind === "Mac";
  const passcode = kind === "AppleTV" ? undefined : random.hex(6);
  return {
    deviceName: mac ? `${person.fullName}'s ${hardware.model.modelName}` : `${person.fullName}'s ${kind}`,
    hostName: `${person.login}-${hardware.serial.toLowerCase()}.local`,
    os,
    supervised: false,
    sharedIpad: false,
    enrolledViaDep: false,
    userEnrollment: false,
    userApproved: true,
    awaitingConfiguration: false,
    passcode,
    locked: false,
    lockPin: undefined,
    poweredOff: false,
    unlockToken: mac || passcode === undefined ? undefined : Buffer.from(random.hex(64), "hex"),
    lostMode: undefined,
    location: { latitude: 48 + random.next(), longitude: 11 + random.next() },
    batteryLevel: random.int(20, 100) / 100,
    profiles: new Map(),
    provisioningProfiles: new Map(),
    apps: new Map(drawApps(hardware, random)),
    managedApps: new Map(),
    users: mac
      ? [
          {
            name: person.login,
            fullName: person.fullName,
            uid: 501,
            guid: random.uuid().toUpperCase(),
            loggedIn: true,
            admin: random.chance(0.5),
            secureToken: true,
          },
        ]
      : [],
    fileVaultKey: mac && random.chance(0.8) ? drawRecoveryKey(random) : undefined,
    recoveryLock: undefined,
    firmwarePassword: undefined,
    nextFirmwarePassword: undefined,
    bootstrapToken: undefined,
    activationLockBypassCode: mac ? undefined : random.serial(26),
    remoteDesktop: false,
    settings: new Map(),
  };
};

/** Nothing is left of what was; supervision and the way it came in are found anew at the next enrollment. */
export const becomeFresh = (state: DeviceState, hardware: AppleHardware, random: SeededRandom): void => {
  const { os } = state;
  Object.assign(state, freshState(hardware, random), { os });
};
