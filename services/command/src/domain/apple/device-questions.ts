import type { AppleDevice } from "./apple-device.ts";
import { factsOf } from "./catalogue/catalogue.ts";
import { whyNotEligible } from "./eligibility.ts";

/** What is asked of every device. A device answers what it knows and leaves out the rest. */
const QUERIES = [
  "DeviceName",
  "OSVersion",
  "SupplementalOSVersionExtra",
  "BuildVersion",
  "ModelName",
  "Model",
  "ModelNumber",
  "ProductName",
  "IsAppleSilicon",
  "DeviceCapacity",
  "AvailableDeviceCapacity",
  "BatteryLevel",
  "HasBattery",
  "IsSupervised",
  "IsMultiUser",
  "IsActivationLockEnabled",
  "IsActivationLockSupported",
  "IsMDMLostModeEnabled",
  "IsCloudBackupEnabled",
  "LastCloudBackupDate",
  "AwaitingConfiguration",
  "SystemIntegrityProtectionEnabled",
  "SoftwareUpdateDeviceID",
  "TimeZone",
  "HostName",
  "LocalHostName",
  "PINRequiredForEraseDevice",
  "PINRequiredForDeviceLock",
] as const;

/** What names the hardware, its network or its user: never asked of a person's own device. */
const CORPORATE_QUERIES = [
  "UDID",
  "SerialNumber",
  "IMEI",
  "MEID",
  "WiFiMAC",
  "BluetoothMAC",
  "EthernetMAC",
  "PhoneNumber",
  "ICCID",
  "CurrentCarrierNetwork",
  "ServiceSubscriptions",
] as const;

/** What is asked of the organization's own devices; of users only Macs, since an iPad has them only where it is shared. */
const CORPORATE_QUESTIONS: readonly Question[] = [
  { requestType: "ProvisioningProfileList", parameters: {} },
  { requestType: "AvailableOSUpdates", parameters: {} },
  { requestType: "OSUpdateStatus", parameters: {} },
];

export interface Question {
  readonly requestType: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Everything that tells what a device is like and that this device may be asked; `isNew` when it was never asked before. */
export function questionsFor(device: AppleDevice, isNew = false): Question[] {
  const { personal, platform } = device;
  const questions: Question[] = [
    {
      requestType: "DeviceInformation",
      parameters: { Queries: personal ? QUERIES : [...QUERIES, ...CORPORATE_QUERIES] },
    },
    { requestType: "SecurityInfo", parameters: {} },
    { requestType: "ProfileList", parameters: {} },
    { requestType: "CertificateList", parameters: personal ? { ManagedOnly: true } : {} },
    { requestType: "InstalledApplicationList", parameters: personal ? { ManagedAppsOnly: true } : {} },
    { requestType: "ManagedApplicationList", parameters: {} },
    ...(personal ? [] : CORPORATE_QUESTIONS),
    ...(platform === "macos" ? [{ requestType: "UserList", parameters: {} }] : []),
  ];
  // The device tells its code only for a while after it was set up: it is asked for as soon as the device is there.
  if (isNew && platform !== "macos") questions.push({ requestType: "ActivationLockBypassCode", parameters: {} });
  return questions.filter(({ requestType }) => {
    const facts = factsOf(requestType);
    return facts !== undefined && whyNotEligible(requestType, facts, device, "device") === undefined;
  });
}
