import { currentTrace } from "@muster/host/telemetry";
import type { Caller } from "@muster/rpc/caller";
import { validate as isUuid, v5 as uuidFromName } from "uuid";
import type { AppleChannel } from "../domain/apple/apple-channel.ts";
import type { AppleRequest } from "../domain/apple/generic-orders.ts";
import { type EnqueueRefusal, type Wish, whyNot } from "../domain/channel.ts";
import type { Command, CommandScript } from "../domain/command.ts";
import { keyOf } from "../domain/device-key.ts";
import { newCommand } from "../domain/new-command.ts";
import type { Order } from "../domain/order.ts";
import { refuse } from "../domain/refusals.ts";
import { holdAppleChannels } from "../storage/apple-channels.ts";
import { insertAppleBodies } from "../storage/apple-commands.ts";
import { holdChannels } from "../storage/channels.ts";
import { insertCommands, lockByIds } from "../storage/commands.ts";
import { copyScript, insertBody } from "../storage/scripts.ts";
import { endSuperseded } from "./apple/end-superseded.ts";
import { AppleBodies, type BodySeal, planFor, workFor } from "./apple/plan-apple.ts";
import { commandMessage } from "./command-message.ts";
import type { Announcer, CommandWork, Database } from "./ports.ts";

export interface EnqueueDeps {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Seals what Apple's commands carry. */
  readonly sealBody: BodySeal["seal"];
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
  ({ database, announcer, now, newId, sealBody }: EnqueueDeps) =>
  async (order: Order, { tenant, actor, requestKey }: Caller): Promise<Enqueued> => {
    const idFor = (what: string): string =>
      requestKey === undefined ? newId() : uuidFromName(`${requestKey}/${what}`, REQUESTED);
    const enqueued = await database.tenant(tenant, async (work): Promise<Enqueued> => {
      const { willing, refusals } = await sift(work, tenant, order);
      if (willing.size === 0) return { commands: [], refusals };
      const ids = new Map([...willing.keys()].map((deviceId) => [deviceId, idFor(deviceId)]));
      const keys = [...ids].map(([deviceId, id]) => ({ tenant, deviceId, id }));
      const known = requestKey === undefined ? [] : await lockByIds(work.sql, keys);
      for (const { deviceId } of known) ids.delete(deviceId);
      if (ids.size === 0) return { commands: known, refusals };
      const bodies = new AppleBodies({ newId, seal: sealBody });
      const script = await bodyFor(work, tenant, order, newId());
      const at = now();
      const traceparent = currentTrace().traceparent ?? "";
      const asked = [...ids].map(([deviceId, id]) => {
        const apple = willing.get(deviceId);
        return newCommand({
          tenant,
          deviceId,
          id,
          type: order.type,
          script,
          apple: apple && workFor(apple.request, apple.channel, bodies.idOf(tenant, apple.request.body)),
          createdBy: actor,
          reason: order.reason,
          traceparent,
          createdAt: at,
          expiresAt: new Date(at.getTime() + order.expiresInSeconds * 1_000),
        });
      });
      await insertAppleBodies(work.sql, bodies.sealed);
      const commands = await insertCommands(work.sql, asked);
      await endSuperseded(work, commands, at);
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

/** A device that may be asked; over Apple's protocol when the request says how. */
type Willing = { readonly request: AppleRequest; readonly channel: AppleChannel } | undefined;

/** Sorts the devices into those that may be asked and those that may not: one is never refused for another's sake. */
async function sift(work: CommandWork, tenant: string, order: Order) {
  const { deviceIds, type, script } = order;
  const wish: Wish = { type, freeText: script !== undefined && script.scriptId === "" };
  const keys = deviceIds.filter((id) => isUuid(id)).map((deviceId) => ({ tenant, deviceId }));
  const channels = await holdChannels(work.sql, keys);
  const apples = await holdAppleChannels(work.sql, keys);
  const willing = new Map<string, Willing>();
  const refusals: (EnqueueRefusal & { deviceId: string })[] = [];
  for (const deviceId of deviceIds) {
    const key = keyOf({ tenant, deviceId });
    const refusal = whyNot(wish, channels.get(key));
    const channel = apples.get(key);
    if (refusal === undefined) willing.set(deviceId, undefined);
    else if (channel === undefined || type === "run_script") refusals.push({ deviceId, ...refusal });
    else {
      const plan = planFor(order, channel);
      if ("refusal" in plan) refusals.push({ deviceId, ...plan.refusal });
      else willing.set(deviceId, { request: plan.request, channel });
    }
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
