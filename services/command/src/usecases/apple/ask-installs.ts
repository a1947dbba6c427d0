import { keyOf } from "../../domain/device-key.ts";
import { newCommand } from "../../domain/new-command.ts";
import { claimInstalls } from "../../storage/app-installs.ts";
import type { Asking } from "../../storage/apple-commands.ts";
import { insertCommands } from "../../storage/commands.ts";
import { commandMessage } from "../command-message.ts";
import type { CommandWork } from "../ports.ts";
import { announceInstalls } from "../vpp/follow-steps.ts";
import { workFor } from "./plan-apple.ts";

const EXPIRES_AFTER_MS = 3_600_000;

/**
 * Asks devices that are here, have nothing else to do and accepted applications how far these are: what acknowledges
 * InstallApplication only says that the device will try.
 */
export async function askInstalls(
  work: CommandWork,
  idle: readonly Asking[],
  newId: () => string,
  now: Date,
): Promise<Asking[]> {
  if (idle.length === 0) return [];
  const { devices, given } = await claimInstalls(
    work.sql,
    idle.map(({ channel }) => channel),
    now,
  );
  announceInstalls(work, given);
  const asked = idle.filter(({ channel }) => devices.has(keyOf(channel)));
  const commands = asked.map(({ channel }) =>
    newCommand({
      tenant: channel.tenant,
      deviceId: channel.deviceId,
      id: newId(),
      type: "apple",
      script: undefined,
      apple: workFor(
        { requestType: "ManagedApplicationList", userId: "", body: { parameters: {} } },
        channel,
        undefined,
      ),
      createdBy: "muster",
      reason: "it was not known how an installation ended",
      traceparent: "",
      createdAt: now,
      expiresAt: new Date(now.getTime() + EXPIRES_AFTER_MS),
    }),
  );
  for (const command of commands.length === 0 ? [] : await insertCommands(work.sql, commands)) {
    work.emit({
      type: "muster.command.v1.CommandQueued",
      tenant: command.tenant,
      deviceId: command.deviceId,
      actor: "",
      trace: {},
      data: { command: commandMessage(command) },
    });
  }
  return asked.map((each) => ({ ...each, fresh: true }));
}
