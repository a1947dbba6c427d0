import type { AppleChannel } from "../../domain/apple/apple-channel.ts";
import { keyOf } from "../../domain/device-key.ts";
import type { Step } from "../../domain/evolve.ts";
import { newCommand } from "../../domain/new-command.ts";
import { lockReadyForRelease } from "../../storage/apple-readiness.ts";
import { insertCommands } from "../../storage/commands.ts";
import { commandMessage } from "../command-message.ts";
import type { CommandWork } from "../ports.ts";
import { workFor } from "./plan-apple.ts";

const RELEASE = { requestType: "DeviceConfigured", userId: "", body: { parameters: {} } };
const EXPIRES_AFTER_MS = 24 * 3_600_000;

/**
 * Lets devices out of Setup Assistant of which policy has said what they are to have, and which have answered what they are like,
 * and everything else that they were asked. Each is let out once: should it not want to go, a person has to look.
 * @returns those that are let out now
 */
export async function releaseDevices(
  work: CommandWork,
  channels: readonly AppleChannel[],
  newId: () => string,
  now: Date,
): Promise<AppleChannel[]> {
  const waiting = channels.filter(({ awaitingConfiguration }) => awaitingConfiguration);
  if (waiting.length === 0) return [];
  const ready = await lockReadyForRelease(work.sql, waiting);
  const released = waiting.filter((channel) => ready.has(keyOf(channel)));
  const commands = released.map((channel) =>
    newCommand({
      tenant: channel.tenant,
      deviceId: channel.deviceId,
      id: newId(),
      type: "apple",
      script: undefined,
      apple: workFor(RELEASE, channel, undefined),
      createdBy: "muster",
      reason: "everything that waited for the device in Setup Assistant was answered",
      traceparent: "",
      createdAt: now,
      expiresAt: new Date(now.getTime() + EXPIRES_AFTER_MS),
    }),
  );
  if (commands.length === 0) return [];
  for (const command of await insertCommands(work.sql, commands, { areHere: true })) {
    const { deviceId, tenant } = command;
    const data = { command: commandMessage(command) };
    work.emit({ type: "muster.command.v1.CommandQueued", tenant, deviceId, actor: "", trace: {}, data });
  }
  return released;
}

/** Tells that a device went on from Setup Assistant, whoever let it. */
export function tellRelease(work: CommandWork, { after, event }: Step, { deviceId, tenant }: AppleChannel): void {
  if (event.type !== "CommandAcknowledged" || after.apple?.requestType !== RELEASE.requestType) return;
  work.emit({
    type: "muster.command.v1.DeviceReleased",
    tenant,
    deviceId,
    actor: `device:${deviceId}`,
    trace: after.traceparent === "" ? {} : { traceparent: after.traceparent },
    data: { deviceId, commandId: after.id },
  });
}
