import type { DeclarationFacts } from "../catalogue.ts";
import { among, dictionary, flag, open, required, text, whole } from "../payload-key.ts";

const AUTOMATIC = among("Allowed", "AlwaysOn", "AlwaysOff");
const STORAGE = among("Allowed", "ReadOnly", "Disallowed");

/** How a device is set. */
export const SETTINGS = {
  "com.apple.configuration.diskmanagement.settings": {
    since: { macos: "15.0" },
    keys: { Restrictions: dictionary({ ExternalStorage: STORAGE, NetworkStorage: STORAGE }) },
  },
  "com.apple.configuration.math.settings": {
    since: { ios: "18.0", macos: "15.0" },
    supervised: true,
    users: true,
    keys: {
      Calculator: dictionary({
        BasicMode: open,
        ScientificMode: open,
        ProgrammerMode: open,
        MathNotesMode: open,
        InputModes: open,
      }),
      SystemBehavior: dictionary({ KeyboardSuggestions: required(flag), MathNotes: required(flag) }),
    },
  },
  "com.apple.configuration.passcode.settings": {
    since: { ios: "15.0", macos: "13.0", visionos: "2.0", watchos: "10.0" },
    keys: {
      RequirePasscode: flag,
      RequireAlphanumericPasscode: flag,
      RequireComplexPasscode: flag,
      MinimumLength: whole,
      MinimumComplexCharacters: whole,
      MaximumFailedAttempts: whole,
      FailedAttemptsResetInMinutes: whole,
      MaximumGracePeriodInMinutes: whole,
      MaximumInactivityInMinutes: whole,
      MaximumPasscodeAgeInDays: whole,
      PasscodeReuseLimit: whole,
      ChangeAtNextAuth: flag,
      CustomRegex: dictionary({ Regex: required(text), Description: open }),
    },
  },
  "com.apple.configuration.safari.extensions.settings": {
    since: { ios: "18.0", macos: "15.0" },
    users: true,
    keys: { ManagedExtensions: open },
  },
  "com.apple.configuration.screensharing.host.settings": {
    since: { macos: "14.0" },
    keys: {
      MaximumVirtualDisplays: whole,
      PortBase: whole,
      PreventCopyFilesFromHost: flag,
      PreventCopyFilesToHost: flag,
      PreventHighPerformanceConnections: flag,
    },
  },
  "com.apple.configuration.softwareupdate.enforcement.specific": {
    since: { ios: "17.0", macos: "14.0" },
    supervised: true,
    keys: {
      TargetOSVersion: required(text),
      TargetBuildVersion: text,
      TargetLocalDateTime: required(text),
      DetailsURL: text,
    },
  },
  "com.apple.configuration.softwareupdate.settings": {
    since: { ios: "18.0", macos: "15.0" },
    supervised: true,
    keys: {
      Notifications: flag,
      Deferrals: dictionary({
        CombinedPeriodInDays: whole,
        MajorPeriodInDays: whole,
        MinorPeriodInDays: whole,
        SystemPeriodInDays: whole,
      }),
      RecommendedCadence: among("All", "Oldest", "Newest"),
      AutomaticActions: dictionary({
        Download: AUTOMATIC,
        InstallOSUpdates: AUTOMATIC,
        InstallSecurityUpdate: AUTOMATIC,
      }),
      RapidSecurityResponse: dictionary({ Enable: flag, EnableRollback: flag }),
      AllowStandardUserOSUpdates: flag,
      Beta: open,
    },
  },
} as const satisfies Readonly<Record<string, DeclarationFacts>>;
