import type { AppleChannel } from "./apple-channel.ts";

type Described = Pick<AppleChannel, "awaitingConfiguration" | "osVersion" | "supervised">;

/** What a device says of itself in answer to DeviceInformation; nothing when it says nothing else than was known. */
export function selfDescription(
  requestType: string,
  response: Readonly<Record<string, unknown>>,
  channel: AppleChannel,
): Described | undefined {
  const asked = requestType === "DeviceInformation" ? response["QueryResponses"] : undefined;
  if (typeof asked !== "object" || asked === null) return undefined;
  const { AwaitingConfiguration, IsSupervised, OSVersion } = asked as Readonly<Record<string, unknown>>;
  const described: Described = {
    supervised: typeof IsSupervised === "boolean" ? IsSupervised : channel.supervised,
    osVersion: typeof OSVersion === "string" && OSVersion !== "" ? OSVersion.slice(0, 50) : channel.osVersion,
    awaitingConfiguration:
      typeof AwaitingConfiguration === "boolean" ? AwaitingConfiguration : channel.awaitingConfiguration,
  };
  const isKnown =
    described.supervised === channel.supervised &&
    described.osVersion === channel.osVersion &&
    described.awaitingConfiguration === channel.awaitingConfiguration;
  return isKnown ? undefined : described;
}
