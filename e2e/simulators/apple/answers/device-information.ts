import { createHash } from "node:crypto";
import { type Plist, type PlistValue, Real, textsOf } from "../plist/plist-value.ts";
import { type Answers, type CommandContext, isMac } from "./command-answer.ts";

/** 16 device information, 32 network information. */
type Right = 16 | 32;

interface Query {
  readonly right: Right;
  /** Not told by a device that stays its owner's. */
  readonly identifies?: true;
  readonly value: (context: CommandContext) => PlistValue | undefined;
}

const device = (value: Query["value"]): Query => ({ right: 16, value });
const identifier = (value: Query["value"]): Query => ({ right: 16, identifies: true, value });
const network = (value: Query["value"]): Query => ({ right: 32, identifies: true, value });

const onMac =
  (value: Query["value"]): Query["value"] =>
  (context) =>
    isMac(context) ? value(context) : undefined;

const onIos =
  (value: Query["value"]): Query["value"] =>
  (context) =>
    context.parts.hardware.kind === "iPhone" || context.parts.hardware.kind === "iPad" ? value(context) : undefined;

const onShared =
  (value: Query["value"]): Query["value"] =>
  (context) =>
    context.parts.state.sharedIpad ? value(context) : undefined;

const cellular =
  (value: Query["value"]): Query["value"] =>
  (context) =>
    context.parts.hardware.imei === undefined ? undefined : value(context);

const setting = ({ parts }: CommandContext, item: string): PlistValue | undefined => parts.state.settings.get(item);

const QUERIES: Readonly<Record<string, Query>> = {
  UDID: identifier(({ parts }) => parts.hardware.udid),
  ProvisioningUDID: identifier(
    onMac(({ parts }) => `0000${parts.hardware.udid.slice(0, 4)}-${parts.hardware.udid.slice(-12)}0000`),
  ),
  SerialNumber: identifier(({ parts }) => parts.hardware.serial),
  IMEI: identifier(({ parts }) => parts.hardware.imei),
  MEID: identifier(({ parts }) => parts.hardware.meid),
  EASDeviceIdentifier: identifier(
    onIos(({ parts }) => createHash("md5").update(parts.hardware.serial).digest("hex").toUpperCase()),
  ),
  DeviceID: identifier(({ parts }) => (parts.hardware.kind === "AppleTV" ? parts.hardware.wifiMac : undefined)),
  PushToken: identifier(({ channel }) => channel.pushToken),
  DeviceName: device(({ parts }) => parts.state.deviceName),
  HostName: device(onMac(({ parts }) => parts.state.hostName)),
  LocalHostName: device(onMac(({ parts }) => parts.state.hostName.replace(/\.local$/, ""))),
  OSVersion: device(({ parts }) => parts.state.os.version),
  BuildVersion: device(({ parts }) => parts.state.os.build),
  SupplementalBuildVersion: device(({ parts }) => parts.state.os.build),
  ModelName: device(({ parts }) => parts.hardware.model.modelName),
  Model: device(({ parts }) =>
    parts.hardware.kind === "Mac" ? parts.hardware.model.product : parts.hardware.model.number,
  ),
  ModelNumber: device(({ parts }) => `${parts.hardware.model.number}LL/A`),
  ProductName: device(({ parts }) => parts.hardware.model.product),
  IsAppleSilicon: device(onMac(({ parts }) => parts.hardware.model.intel !== true)),
  SoftwareUpdateDeviceID: device(({ parts }) => parts.hardware.softwareUpdateDeviceId),
  DeviceCapacity: device(({ parts }) => new Real(parts.hardware.capacityGb)),
  AvailableDeviceCapacity: device(({ parts }) => new Real(parts.hardware.capacityGb * 0.53)),
  BatteryLevel: device(({ parts }) =>
    parts.hardware.kind === "AppleTV" ? undefined : new Real(parts.state.batteryLevel),
  ),
  HasBattery: device(onMac(({ parts }) => parts.hardware.model.modelName.startsWith("MacBook"))),
  IsSupervised: device(({ parts }) => parts.state.supervised),
  IsMultiUser: device(onIos(({ parts }) => parts.state.sharedIpad)),
  IsDeviceLocatorServiceEnabled: device(onIos(() => false)),
  IsActivationLockEnabled: device(() => false),
  IsActivationLockSupported: device(onMac(() => true)),
  IsDoNotDisturbInEffect: device(onIos(() => false)),
  IsCloudBackupEnabled: device(onIos(() => false)),
  IsMDMLostModeEnabled: device(onIos(({ parts }) => parts.state.lostMode !== undefined)),
  IsNetworkTethered: network(onIos(() => false)),
  AwaitingConfiguration: device(({ parts }) => parts.state.awaitingConfiguration),
  iTunesStoreAccountIsActive: device(() => true),
  DiagnosticSubmissionEnabled: device((context) => setting(context, "DiagnosticSubmission") ?? false),
  AppAnalyticsEnabled: device((context) => setting(context, "AppAnalytics") ?? false),
  TimeZone: device((context) => setting(context, "TimeZone") ?? "Europe/Berlin"),
  OrganizationInfo: device((context) => setting(context, "OrganizationInfo")),
  MDMOptions: device((context) => setting(context, "MDMOptions") ?? {}),
  AccessibilitySettings: device(onIos((context) => setting(context, "AccessibilitySettings"))),
  SoftwareUpdateSettings: device((context) => setting(context, "SoftwareUpdateSettings")),
  SystemIntegrityProtectionEnabled: device(onMac(() => true)),
  SupportsiOSAppInstalls: device(onMac(() => true)),
  SupportsLOMDevice: device(onMac(() => false)),
  PINRequiredForEraseDevice: device(onMac(() => false)),
  PINRequiredForDeviceLock: device(onMac(() => true)),
  EACSPreflight: device(onMac(() => "success")),
  OSUpdateSettings: device(
    onMac(() => ({ AutoCheckEnabled: true, AutomaticOSInstallationEnabled: false, BackgroundDownloadEnabled: true })),
  ),
  ActiveManagedUsers: device(
    onMac(({ parts }) => parts.state.users.filter(({ loggedIn }) => loggedIn).map(({ guid }) => guid)),
  ),
  AutoSetupAdminAccounts: device(onMac((context) => setting(context, "AutoSetupAdminAccounts") ?? [])),
  MaximumResidentUsers: device(onShared((context) => setting(context, "MaximumResidentUsers") ?? 8)),
  EstimatedResidentUsers: device(onShared(() => 6)),
  QuotaSize: device(onShared(() => 4096)),
  ResidentUsers: device(onShared(({ parts }) => parts.state.users.length)),
  UserSessionTimeout: device(onShared(() => 0)),
  TemporarySessionTimeout: device(onShared(() => 0)),
  TemporarySessionOnly: device(onShared(() => false)),
  OnlineAuthenticationGracePeriod: device(onShared(() => 0)),
  WiFiMAC: network(({ parts }) => parts.hardware.wifiMac),
  BluetoothMAC: network(({ parts }) => parts.hardware.bluetoothMac),
  EthernetMAC: network(({ parts }) => parts.hardware.ethernetMac),
  PhoneNumber: network(({ parts }) => parts.hardware.phoneNumber),
  ICCID: network(cellular(({ parts }) => `8949 0200 ${parts.hardware.imei?.slice(3, 12) ?? ""}`)),
  CellularTechnology: device(onIos(({ parts }) => (parts.hardware.imei === undefined ? 0 : 3))),
  ModemFirmwareVersion: device(cellular(() => "2.20.01")),
  CurrentCarrierNetwork: network(cellular(() => "Telekom.de")),
  SIMCarrierNetwork: network(cellular(() => "Telekom.de")),
  SubscriberCarrierNetwork: network(cellular(() => "Telekom.de")),
  CarrierSettingsVersion: network(cellular(() => "61.0.1")),
  DataRoamingEnabled: network(cellular((context) => setting(context, "DataRoaming") ?? false)),
  VoiceRoamingEnabled: network(cellular((context) => setting(context, "VoiceRoaming") ?? false)),
  PersonalHotspotEnabled: network(cellular((context) => setting(context, "PersonalHotspot") ?? false)),
  IsRoaming: network(cellular(() => false)),
  SIMMCC: network(cellular(() => "262")),
  SIMMNC: network(cellular(() => "01")),
  SubscriberMCC: network(cellular(() => "262")),
  SubscriberMNC: network(cellular(() => "01")),
  CurrentMCC: network(cellular(() => "262")),
  CurrentMNC: network(cellular(() => "01")),
  ServiceSubscriptions: network(
    cellular(({ parts }) => [
      {
        Slot: "CTSubscriptionSlotOne",
        IMEI: parts.hardware.imei,
        PhoneNumber: parts.hardware.phoneNumber,
        IsRoaming: false,
      },
    ]),
  ),
};

/** What may not be asked, is not known, or does not exist on this device is left out without a word. */
export const deviceInformation: Answers = {
  DeviceInformation: (context) => {
    const { parts, enrollment, command } = context;
    const answers: Record<string, PlistValue> = {};
    for (const name of textsOf(command["Queries"])) {
      const query = QUERIES[name];
      if (query === undefined) continue;
      if (
        parts.state.userEnrollment
          ? query.identifies === true
          : (enrollment.profile.mdm.accessRights & query.right) === 0
      )
        continue;
      const value = query.value(context);
      if (value !== undefined) answers[name] = value;
    }
    return { QueryResponses: answers as Plist };
  },
};
