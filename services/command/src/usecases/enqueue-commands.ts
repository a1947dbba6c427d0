import { currentTrace } from "@muster/host/telemetry";
import type { Caller } from "@muster/rpc/caller";
import { validate as isUuid } from "uuid";
import { type EnqueueRefusal, type Wish, whyNot } from "../domain/channel.ts";
import type { Command, CommandScript } from "../domain/command.ts";
import { keyOf } from "../domain/device-key.ts";
import { newCommand } from "../domain/new-command.ts";
import type { Order } from "../domain/order.ts";
import { refuse } from "../domain/refusals.ts";
import { holdChannels } from "../storage/channels.ts";
import { insertCommands } from "../storage/commands.ts";
import { copyScript, insertBody } from "../storage/scripts.ts";
import { commandMessage } from "./command-message.ts";
import type { Announcer, CommandWork, Database } from "./ports.ts";

export interface EnqueueDeps {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface Enqueued {
  readonly commands: readonly Command[];
  readonly refusals: readonly (EnqueueRefusal & { readonly deviceId: string })[];
}

/** Asks devices to do something: one transaction and a handful of statements, however many they are. */
export const enqueueCommands =
  ({ database, announcer, now, newId }: EnqueueDeps) =>
  async (order: Order, { tenant, actor }: Caller): Promise<Enqueued> => {
    const enqueued = await database.tenant(tenant, async (work): Promise<Enqueued> => {
      const { willing, refusals } = await sift(work, tenant, order);
      if (willing.length === 0) return { commands: [], refusals };
      const script = await bodyFor(work, tenant, order, newId());
      const at = now();
      const traceparent = currentTrace().traceparent ?? "";
      const commands = await insertCommands(
        work.sql,
        willing.map((deviceId) =>
          newCommand({
            tenant,
            deviceId,
            id: newId(),
            type: order.type,
            script,
            createdBy: actor,
            reason: order.reason,
            traceparent,
            createdAt: at,
            expiresAt: new Date(at.getTime() + order.expiresInSeconds * 1_000),
          }),
        ),
      );
      for (const command of commands) {
        const { deviceId } = command;
        work.emit({
          type: "muster.command.v1.CommandQueued",
          deviceId,
          actor,
          data: { command: commandMessage(command) },
        });
      }
      return { commands, refusals };
    });
    announcer.wake(enqueued.commands);
    return enqueued;
  };

async function sift(work: CommandWork, tenant: string, { deviceIds, type, script }: Order) {
  const wish: Wish = { type, freeText: script !== undefined && script.scriptId === "" };
  const keys = deviceIds.filter((id) => isUuid(id)).map((deviceId) => ({ tenant, deviceId }));
  const channels = await holdChannels(work.sql, keys);
  const willing: string[] = [];
  const refusals: (EnqueueRefusal & { deviceId: string })[] = [];
  for (const deviceId of deviceIds) {
    const refusal = whyNot(wish, channels.get(keyOf({ tenant, deviceId })));
    if (refusal === undefined) willing.push(deviceId);
    else refusals.push({ deviceId, ...refusal });
  }
  return { willing, refusals };
}

async function bodyFor(
  work: CommandWork,
  tenant: string,
  { script }: Order,
  bodyId: string,
): Promise<CommandScript | undefined> {
  if (script === undefined) return undefined;
  const { scriptId, timeoutSeconds, content } = script;
  const bodyBytes =
    scriptId === ""
      ? await insertBody(work.sql, { tenant, id: bodyId, content })
      : await copyScript(work.sql, { tenant, scriptId, bodyId });
  if (bodyBytes === undefined) throw refuse("script.unknown", `there is no script ${scriptId}`);
  return { scriptId, bodyId, bodyBytes, timeoutSeconds };
}
