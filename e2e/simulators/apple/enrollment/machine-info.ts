import { signedDataOf } from "../crypto/signed-data.ts";
import type { DeviceParts } from "../device-parts.ts";
import type { Plist } from "../plist/plist-value.ts";
import { writePlist } from "../plist/write-plist.ts";

export const SIGNATURE_TYPE = "application/pkcs7-signature";

/** What a device says about itself before it is managed. One that stays its owner's does not say which it is. */
export const machineInfo = (
  { hardware, state }: Pick<DeviceParts, "hardware" | "state">,
  personal: boolean,
): Plist => ({
  ...(personal ? {} : { UDID: hardware.udid, SERIAL: hardware.serial, IMEI: hardware.imei, MEID: hardware.meid }),
  PRODUCT: hardware.model.product,
  VERSION: state.os.build,
  OS_VERSION: state.os.version,
  SUPPLEMENTAL_BUILD_VERSION: state.os.build,
  LANGUAGE: "en",
  MDM_CAN_REQUEST_SOFTWARE_UPDATE: true,
  SOFTWARE_UPDATE_DEVICE_ID: hardware.softwareUpdateDeviceId,
});

/** Signed with the identity from the factory. */
export const signedByFactory = async ({ factory, now }: DeviceParts, value: Plist): Promise<Buffer> => {
  const { identity, chain } = await factory();
  return signedDataOf({ content: Buffer.from(writePlist(value)), by: identity, chain, at: now() }).message;
};
