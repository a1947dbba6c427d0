import type { PlistDict, PlistValue } from "../plist/value.ts";
import { dataAt, dictOf, flagAt, requiredText, textAt } from "./fields.ts";

/** What a device says of its make. Texts it does not say are empty. */
export interface DeviceAttributes {
  /** Empty in a user enrollment, as are all that name one device. */
  readonly udid: string;
  readonly serialNumber: string;
  /** Such as `iPhone17,1`. */
  readonly product: string;
  /** The build of the system, such as `22A3354`. */
  readonly buildVersion: string;
  readonly imei: string;
  readonly meid: string;
  readonly language: string;
}

/** What a device says of itself where it asks for its enrollment profile (MachineInfo of Apple's schema). */
export interface MachineInfo extends DeviceAttributes {
  /** Since version 17; empty before. */
  readonly osVersion: string;
  /** The letters of a rapid security response, and the build it makes. */
  readonly osVersionExtra: string;
  readonly supplementalBuildVersion: string;
  /** Whether the device would update first when it is told to. */
  readonly canUpdateFirst: boolean;
  /** By this name Apple knows which updates fit. */
  readonly softwareUpdateDeviceId: string;
  /** What the phone of a watch has been given for it. */
  readonly pairingToken: Buffer | undefined;
}

/** Reads a MachineInfo, whose signature the caller has checked. Throws MdmMessageError. */
export function readMachineInfo(plist: PlistValue): MachineInfo {
  const info = dictOf(plist);
  return {
    ...attributesIn(info),
    product: requiredText(info, "PRODUCT"),
    buildVersion: requiredText(info, "VERSION"),
    osVersion: textAt(info, "OS_VERSION"),
    osVersionExtra: textAt(info, "SUPPLEMENTAL_OS_VERSION_EXTRA"),
    supplementalBuildVersion: textAt(info, "SUPPLEMENTAL_BUILD_VERSION"),
    canUpdateFirst: flagAt(info, "MDM_CAN_REQUEST_SOFTWARE_UPDATE") ?? false,
    softwareUpdateDeviceId: textAt(info, "SOFTWARE_UPDATE_DEVICE_ID"),
    pairingToken: dataAt(info, "PAIRING_TOKEN"),
  };
}

/** What a device answers to a profile service: the attributes it was asked for, and the challenge. */
export interface ProfileServiceAnswer extends DeviceAttributes {
  readonly challenge: string;
}

/** Reads the answer to a profile service, whose signature the caller has checked. Throws MdmMessageError. */
export function readProfileServiceAnswer(plist: PlistValue): ProfileServiceAnswer {
  const answer = dictOf(plist);
  // Devices give the challenge back as text or as bytes.
  const challenge = dataAt(answer, "CHALLENGE")?.toString() ?? textAt(answer, "CHALLENGE");
  return { ...attributesIn(answer), udid: requiredText(answer, "UDID"), challenge };
}

const attributesIn = (dict: PlistDict): DeviceAttributes => ({
  udid: textAt(dict, "UDID"),
  serialNumber: textAt(dict, "SERIAL"),
  product: textAt(dict, "PRODUCT"),
  buildVersion: textAt(dict, "VERSION"),
  imei: textAt(dict, "IMEI"),
  meid: textAt(dict, "MEID"),
  language: textAt(dict, "LANGUAGE"),
});
