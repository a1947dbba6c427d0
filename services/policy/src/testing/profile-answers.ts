import { randomUUID } from "node:crypto";
import { Command } from "@muster/contracts/gen/muster/command/v1/command";
import type { ProfileChange } from "@muster/contracts/gen/muster/policy/v1/profile";
import { caller, type TestPlatform } from "./test-platform.ts";

export type CommandEnd = [
  change: ProfileChange,
  type: "Acknowledged" | "Failed" | "Cancelled" | "Expired",
  reason?: string,
];

/** Tells the service how the command for a change ended. */
export function tellOfEnd(
  { publish }: TestPlatform,
  deviceId: string,
  ...[change, type, reason = ""]: CommandEnd
): Promise<unknown> {
  const { commandId } = change;
  if (type === "Acknowledged")
    return publish("muster.command.v1.ProfileChangeAcknowledged", deviceId, {
      deviceId,
      commandId,
      endedAt: new Date(),
    });
  return publish(`muster.command.v1.Command${type}`, deviceId, { command: endedCommand(deviceId, change, reason) });
}

/** Tells the service that the same was asked for by a person, and how that ended. */
export const tellOfOthersEnd = (
  { publish }: TestPlatform,
  deviceId: string,
  change: ProfileChange,
  type: "Failed" | "Expired" | "Cancelled",
): Promise<unknown> =>
  publish(`muster.command.v1.Command${type}`, deviceId, {
    command: endedCommand(deviceId, change, "not now", caller.actor),
  });

/** A command for a change of profiles as it stands in what is told of its end. */
const endedCommand = (
  deviceId: string,
  { commandId, remove }: Pick<ProfileChange, "commandId" | "remove">,
  reason: string,
  createdBy = "policy",
): Command =>
  Command.fromJSON({
    id: commandId,
    deviceId,
    apple: { requestType: remove ? "RemoveProfile" : "InstallProfile" },
    createdBy,
    result: { reason },
    endedAt: new Date().toISOString(),
  });

export type ProfileList = readonly { readonly PayloadIdentifier: string; readonly PayloadUUID: string }[];

/** Tells the service which profiles the device says it has, after all that was asked of it before. */
export const tellOfProfiles = ({ publish }: TestPlatform, deviceId: string, has: ProfileList): Promise<unknown> =>
  publish("muster.command.v1.AppleAnswered", deviceId, {
    deviceId,
    userId: "",
    commandId: randomUUID(),
    requestType: "ProfileList",
    response: { ProfileList: has },
    answeredAt: new Date(Date.now() + 1_000),
    partial: false,
  });
