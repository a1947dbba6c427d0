import { type CommandFacts, RIGHT } from "./command-facts.ts";
import { data, dictionary, flag, listOf, required, secret, text } from "./parameter.ts";

const destructive = { class: "destructive", priority: "security" } as const;
const change = { class: "change", priority: "security" } as const;

const enhancedLogs = {
  ...change,
  since: { ios: "27.0", macos: "27.0", tvos: "27.0" },
  notPersonal: ["ios", "macos"],
  supervised: ["ios", "macos", "tvos"],
  macChannels: "user",
} as const;

/** Locks, keys, users, and what is done about a device that is lost. */
export const SECURITY = {
  DeviceLock: {
    ...destructive,
    since: { ios: "4.0", macos: "10.7", visionos: "2.0", watchos: "10.0" },
    notPersonal: ["macos"],
    right: RIGHT.lock,
    parameters: { Message: text(), PhoneNumber: text(), PIN: secret(text()) },
  },
  EraseDevice: {
    ...destructive,
    since: { ios: "4.0", macos: "10.7", tvos: "10.2", visionos: "1.1", watchos: "10.0" },
    notPersonal: ["ios", "macos", "visionos"],
    right: RIGHT.erase,
    parameters: {
      PreserveDataPlan: flag,
      DisallowProximitySetup: flag,
      PIN: secret(text()),
      ObliterationBehavior: text("Default", "DoNotObliterate", "ObliterateWithWarning", "Always"),
      ReturnToService: secret(
        dictionary({ Enabled: required(flag), WiFiProfileData: data, MDMProfileData: data, BootstrapToken: data }),
      ),
    },
  },
  ClearPasscode: {
    ...destructive,
    since: { ios: "4.0", visionos: "1.1", watchos: "10.0" },
    notPersonal: ["ios", "visionos"],
    right: RIGHT.lock,
    // What is left out here and below, the escrow knows: it is put in when the command is delivered.
    parameters: { UnlockToken: secret(data) },
  },
  ClearRestrictionsPassword: {
    ...destructive,
    since: { ios: "8.0" },
    notPersonal: ["ios"],
    supervised: ["ios"],
    parameters: {},
  },
  RestartDevice: {
    ...destructive,
    since: { ios: "10.3", macos: "10.13", tvos: "10.2" },
    notPersonal: ["ios", "macos"],
    supervised: ["ios", "tvos"],
    right: RIGHT.lock,
    parameters: { RebuildKernelCache: flag, KextPaths: listOf(text()), NotifyUser: flag },
  },
  ShutDownDevice: {
    ...destructive,
    since: { ios: "10.3", macos: "10.13" },
    notPersonal: ["ios", "macos"],
    supervised: ["ios"],
    right: RIGHT.lock,
    parameters: {},
  },
  EnableLostMode: {
    ...destructive,
    since: { ios: "9.3" },
    notPersonal: ["ios"],
    supervised: ["ios"],
    parameters: { Message: text(), PhoneNumber: text(), Footnote: text() },
  },
  DisableLostMode: {
    ...destructive,
    since: { ios: "9.3" },
    notPersonal: ["ios"],
    supervised: ["ios"],
    parameters: {},
  },
  DeviceLocation: {
    class: "question",
    priority: "security",
    since: { ios: "9.3" },
    notPersonal: ["ios"],
    supervised: ["ios"],
    parameters: {},
  },
  PlayLostModeSound: { ...change, since: { ios: "10.3" }, notPersonal: ["ios"], supervised: ["ios"], parameters: {} },
  ActivationLockBypassCode: {
    class: "question",
    priority: "security",
    since: { ios: "7.1", macos: "10.15", visionos: "2.0" },
    notPersonal: ["ios", "macos", "visionos"],
    supervised: ["ios", "macos", "visionos"],
    parameters: {},
    secretAnswers: [
      { path: ["ActivationLockBypassCode"], escrow: { kind: "activation_lock_bypass_code", form: "text" } },
    ],
  },
  ClearActivationLockBypassCode: {
    ...change,
    since: { ios: "7.1", macos: "10.15", visionos: "2.0" },
    notPersonal: ["ios", "macos", "visionos"],
    supervised: ["ios", "macos", "visionos"],
    parameters: {},
  },
  RotateFileVaultKey: {
    ...change,
    since: { macos: "10.9" },
    notPersonal: ["macos"],
    right: RIGHT.lock,
    parameters: {
      KeyType: required(text("personal", "institutional")),
      FileVaultUnlock: secret(
        dictionary({ Password: text(), PrivateKeyExport: data, PrivateKeyExportPassword: text() }),
      ),
      NewCertificate: data,
      ReplyEncryptionCertificate: data,
    },
    // That the device has the new key is sure once it says so itself (SecurityInfo).
    secretAnswers: [
      {
        path: ["RotateResult", "EncryptedNewRecoveryKey"],
        escrow: { kind: "disk_recovery_key", form: "envelope", unproven: true },
      },
      { path: ["RotateResult"] },
    ],
  },
  SetRecoveryLock: {
    ...change,
    since: { macos: "11.5" },
    notPersonal: ["macos"],
    right: RIGHT.lock,
    parameters: { CurrentPassword: secret(text()), NewPassword: secret(text()) },
  },
  VerifyRecoveryLock: {
    class: "question",
    priority: "security",
    since: { macos: "11.5" },
    notPersonal: ["macos"],
    right: RIGHT.lock,
    parameters: { Password: secret(text()) },
  },
  SetFirmwarePassword: {
    ...change,
    since: { macos: "10.13" },
    notPersonal: ["macos"],
    right: RIGHT.lock,
    parameters: { CurrentPassword: secret(text()), NewPassword: secret(text()), AllowOroms: flag },
  },
  VerifyFirmwarePassword: {
    class: "question",
    priority: "security",
    since: { macos: "10.13" },
    notPersonal: ["macos"],
    parameters: { Password: secret(text()) },
  },
  UserList: {
    class: "question",
    priority: "inventory",
    since: { ios: "9.3", macos: "10.13" },
    notPersonal: ["ios", "macos"],
    supervised: ["macos"],
    parameters: {},
  },
  DeleteUser: {
    ...destructive,
    since: { ios: "9.3", macos: "10.13" },
    notPersonal: ["ios", "macos"],
    supervised: ["macos"],
    parameters: { UserName: text(), ForceDeletion: flag, DeleteAllUsers: flag },
  },
  LogOutUser: { ...destructive, since: { ios: "9.3" }, notPersonal: ["ios"], parameters: {} },
  UnlockUserAccount: {
    ...change,
    since: { macos: "10.13" },
    notPersonal: ["macos"],
    right: RIGHT.lock,
    parameters: { UserName: required(text()) },
  },
  // AppleCare gives the token to whoever reported a problem; the device uploads to Apple what it collected.
  TriggerEnhancedLogCollection: {
    ...enhancedLogs,
    parameters: { AppleCareToken: secret(required(text())) },
  },
  CancelEnhancedLogCollection: { ...enhancedLogs, parameters: {} },
} as const satisfies Readonly<Record<string, CommandFacts>>;
