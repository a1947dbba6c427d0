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

/** What a device goes on with by itself after it was erased. */
export interface ReturnToService {
  readonly network: Buffer | undefined;
  /** Nothing where Apple sends the device to its server again. */
  readonly profile: Buffer | undefined;
  readonly bootstrapToken: Buffer | undefined;
}

/** A device asks, before its user erases it, whether it may go on by itself (iOS 26). @returns nothing when it may not. */
export const getReturnToService = async (
  parts: DeviceParts,
  enrollment: ActiveEnrollment,
): Promise<ReturnToService | undefined> => {
  const { body } = await checkin(parts, enrollment, "ReturnToService", {});
  const answer = body.length === 0 ? {} : plistOf(plistOf(readPlist(body))["ReturnToService"]);
  if (answer["Enabled"] !== true) return undefined;
  return {
    network: dataOf(answer["WiFiProfileData"]),
    profile: dataOf(answer["MDMProfileData"]),
    bootstrapToken: dataOf(answer["BootstrapToken"]),
  };
};
