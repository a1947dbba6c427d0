import { isEnvelopedData, openEnvelopedData } from "../crypto/enveloped-data.ts";
import { signedDataOf } from "../crypto/signed-data.ts";
import type { DeviceParts } from "../device-parts.ts";
import { type Plist, plistOf, textOf, textsOf } from "../plist/plist-value.ts";
import { writePlist } from "../plist/write-plist.ts";
import { readConfigurationProfile, readSignedPlist } from "../profile/configuration-profile.ts";
import { bringsIdentity } from "./enrollment-profile.ts";
import { fetchProfile, profileIn } from "./fetch-profile.ts";
import { SIGNATURE_TYPE, signedByFactory } from "./machine-info.ts";
import { obtainIdentity } from "./obtain-identity.ts";

const attributesOf = ({ hardware, state }: DeviceParts, wanted: readonly string[]): Plist => {
  const known: Readonly<Record<string, string | undefined>> = {
    UDID: hardware.udid,
    VERSION: state.os.build,
    PRODUCT: hardware.model.product,
    SERIAL: hardware.serial,
    IMEI: hardware.imei,
    MEID: hardware.meid,
    DEVICE_NAME: state.deviceName,
  };
  return Object.fromEntries(wanted.map((name) => [name, known[name]]));
};

/**
 * The "Profile Service" in its three phases: what the server wants to know, an identity for a device that its factory
 * vouches for, and the enrollment profile for the holder of that identity.
 * @throws EnrollmentRefused ScepRefused
 */
export const enrollOverTheAir = async (parts: DeviceParts, url: string): Promise<Buffer> => {
  const { value } = readSignedPlist(await fetchProfile(parts, url));
  if (value["PayloadType"] !== "Profile Service") throw new Error("not a profile of type Profile Service");
  const content = plistOf(value["PayloadContent"]);
  const phase = textOf(content["URL"]);
  if (phase === undefined) throw new Error("the Profile Service has no URL");
  const attributes: Plist = {
    ...attributesOf(parts, textsOf(content["DeviceAttributes"])),
    CHALLENGE: content["Challenge"],
    LANGUAGE: "en",
  };
  const post = async (body: Buffer): Promise<Buffer> =>
    profileIn(
      parts,
      phase,
      await parts.door.send({ method: "POST", url: phase, headers: { "content-type": SIGNATURE_TYPE }, body }),
    );
  const second = readConfigurationProfile(await post(await signedByFactory(parts, attributes)));
  const payload = second.payloads.find(bringsIdentity);
  if (payload === undefined) throw new Error("the second phase gave no payload that brings a certificate");
  const identity = await obtainIdentity(parts, payload);
  const signed = signedDataOf({ content: Buffer.from(writePlist(attributes)), by: identity, at: parts.now() });
  const third = await post(signed.message);
  return isEnvelopedData(third) ? openEnvelopedData(third, identity.key.privateKey) : third;
};
