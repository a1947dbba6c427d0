import { type CommandFacts, RIGHT } from "./command-facts.ts";
import { data, dictionary, flag, listOf, required, secret, text, whole } from "./parameter.ts";

const question = { class: "question", priority: "inventory" } as const;
const setup = { class: "change", priority: "setup" } as const;

/** What a device is, how it is set up, and its system's updates. */
export const DEVICE = {
  DeviceInformation: {
    ...question,
    since: { ios: "4.0", macos: "10.7", tvos: "9.0", visionos: "1.1", watchos: "10.0" },
    macChannels: "both",
    right: RIGHT.deviceInformation,
    parameters: { Queries: required(listOf(text())), DeviceAttestationNonce: data },
    secretAnswers: [{ path: ["QueryResponses", "PushToken"] }],
  },
  SecurityInfo: {
    ...question,
    since: { ios: "4.0", macos: "10.7", tvos: "9.0", visionos: "1.1", watchos: "10.0" },
    macChannels: "both",
    right: RIGHT.security,
    parameters: {},
    secretAnswers: [
      {
        path: ["SecurityInfo", "FDE_PersonalRecoveryKeyCMS"],
        escrow: { kind: "disk_recovery_key", form: "envelope" },
      },
    ],
  },
  Restrictions: {
    ...question,
    since: { ios: "4.0", tvos: "9.0", visionos: "1.1", watchos: "10.0" },
    notPersonal: ["ios", "visionos"],
    right: RIGHT.restrictions,
    parameters: { ProfileRestrictions: flag },
  },
  ContentCachingInformation: {
    ...question,
    since: { macos: "10.15.4" },
    notPersonal: ["macos"],
    right: RIGHT.networkInformation,
    parameters: {},
  },
  Settings: {
    class: "change",
    priority: "configuration",
    since: { ios: "5.0", macos: "10.9", tvos: "9.0", visionos: "1.1", watchos: "10.0" },
    macChannels: "both",
    right: RIGHT.settings,
    parameters: { Settings: required(listOf(dictionary({ Item: required(text()), Image: data }))) },
  },
  DeviceConfigured: {
    ...setup,
    since: { ios: "9.0", macos: "10.11", tvos: "10.2", visionos: "2.0" },
    automated: ["ios", "macos", "visionos"],
    supervised: ["ios", "tvos", "visionos"],
    notPersonal: ["ios", "macos", "visionos"],
    parameters: {},
  },
  UserConfigured: {
    ...setup,
    since: { ios: "17.0" },
    automated: ["ios"],
    supervised: ["ios"],
    notPersonal: ["ios"],
    parameters: {},
  },
  AccountConfiguration: {
    ...setup,
    since: { macos: "10.11" },
    automated: ["macos"],
    notPersonal: ["macos"],
    parameters: {
      SkipPrimarySetupAccountCreation: flag,
      SetPrimarySetupAccountAsRegularUser: flag,
      PrimaryAccountFullName: text(),
      PrimaryAccountUserName: text(),
      DontAutoPopulatePrimaryAccountInfo: flag,
      LockPrimaryAccountInfo: flag,
      AutoSetupAdminAccounts: secret(listOf(dictionary({ passwordHash: data }))),
      ManagedLocalUserShortName: text(),
    },
  },
  SetAutoAdminPassword: {
    class: "change",
    priority: "security",
    since: { macos: "10.11" },
    automated: ["macos"],
    notPersonal: ["macos"],
    parameters: { GUID: required(text()), passwordHash: secret(required(data)) },
  },
  RefreshCellularPlans: {
    ...setup,
    since: { ios: "13.0" },
    notPersonal: ["ios"],
    parameters: { eSIMServerURL: required(text()) },
  },
  RequestMirroring: {
    class: "change",
    priority: "configuration",
    since: { ios: "7.0", macos: "10.10" },
    parameters: { DestinationName: text(), DestinationDeviceID: text(), ScanTime: whole(), Password: secret(text()) },
  },
  StopMirroring: {
    class: "change",
    priority: "configuration",
    since: { ios: "7.0", macos: "10.10" },
    supervised: ["ios"],
    notPersonal: ["ios", "macos"],
    parameters: {},
  },
  EnableRemoteDesktop: remoteDesktop(),
  DisableRemoteDesktop: remoteDesktop(),
  LOMDeviceRequest: {
    class: "destructive",
    priority: "security",
    since: { macos: "11.0" },
    notPersonal: ["macos"],
    right: RIGHT.lock,
    parameters: { RequestList: secret(required(listOf(dictionary()))) },
  },
  LOMSetupRequest: {
    ...setup,
    since: { macos: "11.0" },
    notPersonal: ["macos"],
    right: RIGHT.lock,
    parameters: {},
  },
  // Declarations do this since iOS 17 and macOS 14; the commands are gone from version 27 on.
  AvailableOSUpdates: {
    ...question,
    since: { ios: "9.0", macos: "10.11", tvos: "12.0" },
    removedIn: 27,
    supervised: ["ios", "tvos"],
    notPersonal: ["ios", "macos"],
    right: RIGHT.applications,
    parameters: {},
  },
  ScheduleOSUpdateScan: {
    ...question,
    since: { macos: "10.11" },
    removedIn: 27,
    supervised: ["macos"],
    notPersonal: ["macos"],
    parameters: { Force: flag },
  },
  ScheduleOSUpdate: {
    class: "destructive",
    priority: "configuration",
    since: { ios: "9.0", macos: "10.11", tvos: "12.0" },
    removedIn: 27,
    supervised: ["ios", "macos", "tvos"],
    notPersonal: ["ios", "macos"],
    right: RIGHT.applications,
    parameters: { Updates: required(listOf(dictionary())) },
  },
  OSUpdateStatus: {
    ...question,
    since: { ios: "9.0", macos: "10.11.5", tvos: "12.0" },
    removedIn: 27,
    supervised: ["ios", "macos", "tvos"],
    notPersonal: ["ios", "macos"],
    right: RIGHT.applications,
    parameters: {},
  },
} as const satisfies Readonly<Record<string, CommandFacts>>;

function remoteDesktop() {
  return {
    class: "change",
    priority: "configuration",
    since: { macos: "10.14.4" },
    supervised: ["macos"],
    notPersonal: ["macos"],
    parameters: {},
  } as const satisfies CommandFacts;
}
