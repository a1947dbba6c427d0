import { writePlist } from "../plist/write-plist.ts";
import { type PayloadHead, payload } from "./payload.ts";

/** What a device can be asked to say of itself when it enrolls over the air. */
export type DeviceAttribute = "UDID" | "VERSION" | "PRODUCT" | "SERIAL" | "MEID" | "IMEI" | "DEVICE_NAME";

export interface ProfileService extends PayloadHead {
  /** Where the device sends what it says, signed, first with its maker's certificate and then with ours. */
  readonly url: string;
  readonly attributes: readonly DeviceAttribute[];
  /** The device gives it back as it is. */
  readonly challenge?: string;
}

/** The profile with which over-the-air enrollment begins: a payload that stands alone, in no configuration. */
export const writeProfileService = (service: ProfileService): Buffer =>
  writePlist(
    payload("Profile Service", service, {
      PayloadContent: { URL: service.url, DeviceAttributes: service.attributes, Challenge: service.challenge },
    }),
  );
