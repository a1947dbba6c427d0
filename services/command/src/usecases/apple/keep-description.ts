import type { AppleChannel } from "../../domain/apple/apple-channel.ts";
import { selfDescription } from "../../domain/apple/self-description.ts";
import { describeAppleChannel } from "../../storage/apple-channels.ts";
import type { CommandWork } from "../ports.ts";

/** Keeps what a device says of itself where it decides what the device may be asked, and tells the registry of it. */
export async function keepDescription(
  work: CommandWork,
  channel: AppleChannel,
  requestType: string,
  response: Readonly<Record<string, unknown>>,
): Promise<void> {
  const described = selfDescription(requestType, response, channel);
  if (described === undefined) return;
  await describeAppleChannel(work.sql, { ...channel, ...described });
  const { deviceId, enrollmentId, tenant } = channel;
  work.emit({
    type: "muster.command.v1.AppleDeviceDescribed",
    tenant,
    deviceId,
    actor: `device:${deviceId}`,
    data: { deviceId, enrollmentId, ...described },
  });
}
