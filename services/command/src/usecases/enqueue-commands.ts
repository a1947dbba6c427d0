import { currentTrace } from "@muster/host/telemetry";
import type { Caller } from "@muster/rpc/caller";
import { validate as isUuid, v5 as uuidFromName } from "uuid";
import { type EnqueueRefusal, type Wish, whyNot } from "../domain/channel.ts";
import type { Command, CommandScript } from "../domain/command.ts";
import { keyOf } from "../domain/device-key.ts";
import { newCommand } from "../domain/new-command.ts";
import type { Order } from "../domain/order.ts";
import { refuse } from "../domain/refusals.ts";
import { holdChannels } from "../storage/channels.ts";
import { insertCommands, lockByIds } from "../storage/commands.ts";
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

/** The name space of ids that follow from a request: made once for this purpose. */
const REQUESTED = "6f0c2d0e-61a5-4d53-9a39-3f2d7c5a8b10";

/**
 * Asks devices to do something: one transaction and a handful of statements, however many they are. A request that is
 * repeated under its key, because nobody knows how it ended, finds the commands it made.
 */
export const enqueueCommands =
  ({ database, announcer, now, newId }: EnqueueDeps) =>
  async (order: Order, { tenant, actor, requestKey }: Caller): Promise<Enqueued> => {
    const idFor = (what: string): string =>
      requestKey === undefined ? newId() : uuidFromName(`${requestKey}/${what}`, REQUESTED);
    const enqueued = await database.tenant(tenant, async (work): Promise<Enqueued> => {
      const { willing, refusals } = await sift(work, tenant, order);
      if (willing.length === 0) return { commands: [], refusals };
      const ids = new Map(willing.map((deviceId) => [deviceId, idFor(deviceId)]));
      const keys = [...ids].map(([deviceId, id]) => ({ tenant, deviceId, id }));
      const known = requestKey === undefined ? [] : await lockByIds(work.sql, keys);
      for (const { deviceId } of known) ids.delete(deviceId);
      if (ids.size === 0) return { commands: known, refusals };
      const script = await bodyFor(work, tenant, order, newId());
      const at = now();
      const traceparent = currentTrace().traceparent ?? "";
      const commands = await insertCommands(
        work.sql,
        [...ids].map(([deviceId, id]) =>
          newCommand({
            tenant,
            deviceId,
            id,
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
      // What the first request is committing at this moment is there when the insertion has waited for it.
      const made = new Set(commands.map(({ id }) => id));
      const raced =
        commands.length === ids.size
          ? []
          : await lockByIds(
              work.sql,
              keys.filter(({ id }) => !made.has(id)),
            );
      const others = raced.filter(({ id }) => !known.some((each) => each.id === id));
      return { commands: [...known, ...others, ...commands], refusals };
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
