import { randomUUID } from "node:crypto";
import { Command } from "@muster/contracts/gen/muster/command/v1/command";
import type { ProfileChange } from "@muster/contracts/gen/muster/policy/v1/profile";
import type { TestPlatform } from "./test-platform.ts";

export type CommandEnd = [
  change: ProfileChange,
  type: "Acknowledged" | "Failed" | "Cancelled" | "Expired",
  reason?: string,
];

/** Tells the service how the command for a change ended. */
export const tellOfEnd = (
  { publish }: TestPlatform,
  deviceId: string,
  ...[change, type, reason = ""]: CommandEnd
): Promise<unknown> =>
  publish(`muster.command.v1.Command${type}`, deviceId, {
    command: Command.fromJSON({
      id: change.commandId,
      deviceId,
      apple: { requestType: change.remove ? "RemoveProfile" : "InstallProfile" },
      result: { reason },
      endedAt: new Date().toISOString(),
    }),
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
