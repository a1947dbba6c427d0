import { inventoryIsDue, inventoryStaleBefore } from "../../domain/apple/apple-channel.ts";
import { questionsFor } from "../../domain/apple/device-questions.ts";
import { keyOf } from "../../domain/device-key.ts";
import { newCommand } from "../../domain/new-command.ts";
import { claimInventory } from "../../storage/apple-channels.ts";
import { type Asking, insertAppleBodies } from "../../storage/apple-commands.ts";
import { insertCommands } from "../../storage/commands.ts";
import { commandMessage } from "../command-message.ts";
import type { CommandWork } from "../ports.ts";
import { AppleBodies, type BodySeal, workFor } from "./plan-apple.ts";

const EXPIRES_AFTER_MS = 6 * 3_600_000;

/**
 * Queues the questions that tell what a device is like, for those that are here, have nothing else to do and were not asked
 * for a day. A device that never comes has no questions waiting for it.
 */
export async function askInventory(
  work: CommandWork,
  idle: readonly Asking[],
  sealing: BodySeal,
  now: Date,
): Promise<Asking[]> {
  const due = idle.filter(({ channel }) => inventoryIsDue(channel, now));
  if (due.length === 0) return [];
  const claimed = await claimInventory(
    work.sql,
    due.map(({ channel }) => channel),
    now,
    inventoryStaleBefore(now),
  );
  const asked = due.filter(({ channel }) => claimed.has(keyOf(channel)));
  const bodies = new AppleBodies(sealing);
  const commands = asked.flatMap(({ channel }) =>
    questionsFor(channel, channel.inventoryAt === undefined).map(({ parameters, requestType }) => {
      const request = { requestType, userId: "", body: { parameters } };
      return newCommand({
        tenant: channel.tenant,
        deviceId: channel.deviceId,
        id: sealing.newId(),
        type: "apple",
        script: undefined,
        apple: workFor(request, channel, bodies.idOf(channel.tenant, request.body)),
        createdBy: "muster",
        reason: "what the device is like was not known for a day",
        traceparent: "",
        createdAt: now,
        expiresAt: new Date(now.getTime() + EXPIRES_AFTER_MS),
      });
    }),
  );
  await insertAppleBodies(work.sql, bodies.sealed);
  for (const command of await insertCommands(work.sql, commands, { areHere: true })) {
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
