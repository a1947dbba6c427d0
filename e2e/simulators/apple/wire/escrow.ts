import type { DeviceParts } from "../device-parts.ts";
import type { ActiveEnrollment } from "../enrollment/active-enrollment.ts";
import { dataOf, plistOf } from "../plist/plist-value.ts";
import { readPlist } from "../plist/read-plist.ts";
import { checkin } from "./checkin-client.ts";

/** A Mac gives the server what lets it start software updates and make accounts. */
export const setBootstrapToken = async (
  parts: DeviceParts,
  enrollment: ActiveEnrollment,
  token: Buffer | undefined,
): Promise<void> => {
  const { awaitingConfiguration } = parts.state;
  await checkin(parts, enrollment, "SetBootstrapToken", {
    BootstrapToken: token,
    AwaitingConfiguration: awaitingConfiguration,
  });
};

const dataIn = (body: Buffer, key: string): Buffer | undefined => {
  const data = body.length === 0 ? undefined : dataOf(plistOf(readPlist(body))[key]);
  return data?.length === 0 ? undefined : data;
};

/** A server that has none answers with nothing, which is no error. */
export const getBootstrapToken = async (
  parts: DeviceParts,
  enrollment: ActiveEnrollment,
): Promise<Buffer | undefined> => {
  const { awaitingConfiguration } = parts.state;
  const message = { AwaitingConfiguration: awaitingConfiguration };
  return dataIn((await checkin(parts, enrollment, "GetBootstrapToken", message)).body, "BootstrapToken");
};

/** `com.apple.maid` or `com.apple.watch.pairing`. */
export const getServiceToken = async (
  parts: DeviceParts,
  enrollment: ActiveEnrollment,
  service: string,
): Promise<Buffer | undefined> =>
  dataIn((await checkin(parts, enrollment, "GetToken", { TokenServiceType: service })).body, "TokenData");

/** An erased device asks, before anyone sees its Setup Assistant, whether it may go on by itself (iOS 26). @returns the profile. */
export const getReturnToService = async (
  parts: DeviceParts,
  enrollment: ActiveEnrollment,
): Promise<Buffer | undefined> => {
  const { body } = await checkin(parts, enrollment, "ReturnToService", {});
  const answer = body.length === 0 ? {} : plistOf(plistOf(readPlist(body))["ReturnToService"]);
  return answer["Enabled"] === true ? dataOf(answer["MDMProfileData"]) : undefined;
};
