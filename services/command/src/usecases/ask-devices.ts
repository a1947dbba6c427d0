import { Uuids } from "@muster/postgres/uuids";
import type { AppleRequest, GenericOrder } from "../domain/apple/generic-orders.ts";
import { type EnqueueRefusal, whyNot } from "../domain/channel.ts";
import type { Command, CommandScript } from "../domain/command.ts";
import { newCommand } from "../domain/new-command.ts";
import type { Order } from "../domain/order.ts";
import { refuse } from "../domain/refusals.ts";
import { insertAppleBodies } from "../storage/apple-commands.ts";
import { type CampaignWave, type CommandBatch, insertBatch, lockSupersededBy } from "../storage/command-batches.ts";
import { type DeviceKind, holdKinds } from "../storage/device-kinds.ts";
import { copyScript, insertBody } from "../storage/scripts.ts";
import { endEarlier } from "./apple/end-superseded.ts";
import { AppleBodies, type BodySeal, planFor, workFor } from "./apple/plan-apple.ts";
import { commandMessage } from "./command-message.ts";
import type { CommandWork } from "./ports.ts";
import { awaitLicenses, licensed } from "./vpp/await-licenses.ts";

/** The devices of one kind that may not be asked, and why. */
export interface RefusedKind extends EnqueueRefusal {
  readonly deviceIds: Uuids;
}

/** What is asked of which devices of one tenant, and by whom. */
export interface Asking {
  readonly tenant: string;
  readonly order: Omit<Order, "deviceIds">;
  /** Each once. */
  readonly deviceIds: Uuids;
  /** The id of the command for a device; the same id is never asked twice. Made up anew for each when it is left out. */
  readonly idFor?: (deviceId: string) => string;
  readonly createdBy: string;
  readonly traceparent: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly campaign?: CampaignWave;
}

export interface Asked {
  /** The commands that were added. */
  readonly added: readonly CommandBatch[];
  /** All that were to be added, and those that were there already. */
  readonly wanted: readonly CommandBatch[];
  readonly refused: readonly RefusedKind[];
}

/** Asks devices to do something, in the transaction it is given: a statement or two for each kind of device there is. */
export async function askDevices(work: CommandWork, asking: Asking, sealing: BodySeal): Promise<Asked> {
  const { license, order, refusal } = await licensed(work, asking.tenant, asking.order);
  if (refusal !== undefined) return { added: [], wanted: [], refused: [{ ...refusal, deviceIds: asking.deviceIds }] };
  const { refused, willing } = sift(await holdKinds(work.sql, asking.tenant, asking.deviceIds), order);
  if (willing.length === 0) return { added: [], wanted: [], refused };
  const bodies = new AppleBodies(sealing);
  const script = await scriptFor(work, asking, sealing.newId());
  const wanted = batchesOf(willing, asking, bodies, script, sealing.newId);
  await insertAppleBodies(work.sql, bodies.sealed);
  const added: CommandBatch[] = [];
  for (const batch of wanted) {
    const origin = { idsAreNew: asking.idFor === undefined, campaign: asking.campaign };
    // Before the batch is there: each of its commands would be looked at, too.
    const superseded = await lockSupersededBy(work.sql, batch);
    const made = await insertBatch(work.sql, batch, origin);
    if (license !== undefined) await awaitLicenses(work, license, made, asking.createdAt);
    await endEarlier(work, superseded, asking.createdAt);
    work.emitAlike({
      type: "muster.command.v1.CommandQueued",
      tenant: asking.tenant,
      actor: asking.createdBy,
      trace: asking.traceparent === "" ? {} : { traceparent: asking.traceparent },
      deviceIds: made.deviceIds,
      ownIds: made.ids,
      data: { command: commandMessage(made.like) },
      stands: { deviceId: made.like.deviceId, ownId: made.like.id },
    });
    added.push(made);
  }
  return { added, wanted, refused };
}

/** A kind of device that may be asked; over Apple's protocol when the request says how. */
interface Willing {
  readonly kind: DeviceKind;
  readonly request: AppleRequest | undefined;
}

/** Sorts the devices into those that may be asked and those that may not: one is never refused for another's sake. */
function sift(kinds: readonly DeviceKind[], order: Wanted) {
  const willing: Willing[] = [];
  const refused: RefusedKind[] = [];
  for (const kind of kinds) {
    const plan = planKind(kind, order);
    if ("refusal" in plan) refused.push({ ...plan.refusal, deviceIds: kind.deviceIds });
    else willing.push({ kind, request: plan.request });
  }
  return { willing, refused };
}

/** What of an order decides whether a device may be asked it. */
export type Wanted = GenericOrder & Pick<Order, "script">;

/** Whether devices of this kind may be asked, and if so in which of Apple's words, if in any. */
export function planKind(
  { apple, reach }: Pick<DeviceKind, "apple" | "reach">,
  order: Wanted,
): { readonly request: AppleRequest | undefined } | { readonly refusal: EnqueueRefusal } {
  const { script, type } = order;
  const refusal = whyNot({ type, freeText: script !== undefined && script.scriptId === "" }, reach);
  if (refusal === undefined) return { request: undefined };
  return apple === undefined || type === "run_script" || type === "unenroll" ? { refusal } : planFor(order, apple);
}

/** The commands: those of several kinds are one batch when they are asked the same. */
function batchesOf(
  willing: readonly Willing[],
  asking: Asking,
  bodies: AppleBodies,
  script: CommandScript | undefined,
  newId: () => string,
): CommandBatch[] {
  const { createdAt, createdBy, expiresAt, idFor, order, tenant, traceparent } = asking;
  const batches = new Map<string, { readonly apple: Command["apple"]; readonly deviceIds: Uuids[] }>();
  for (const { kind, request } of willing) {
    const apple =
      request === undefined || kind.apple === undefined
        ? undefined
        : workFor(request, kind.apple, bodies.idOf(tenant, request.body));
    const key = JSON.stringify(apple ?? "");
    const batch = batches.get(key) ?? { apple, deviceIds: [] };
    batch.deviceIds.push(kind.deviceIds);
    batches.set(key, batch);
  }
  return [...batches.values()].map(({ apple, deviceIds }) => {
    const sorted = Uuids.concat(deviceIds).sorted();
    const like = newCommand({
      tenant,
      // Ids that nothing else has: they stand for the others' in what is told of them.
      deviceId: newId(),
      id: newId(),
      type: order.type,
      script,
      apple,
      createdBy,
      reason: order.reason,
      traceparent,
      createdAt,
      expiresAt,
    });
    return {
      like,
      deviceIds: sorted,
      ids: idFor === undefined ? Uuids.made(sorted.length) : Uuids.of(sorted.texts().map(idFor)),
    };
  });
}

async function scriptFor(
  work: CommandWork,
  { order: { script }, tenant }: Asking,
  bodyId: string,
): Promise<CommandScript | undefined> {
  if (script === undefined) return undefined;
  const { scriptId, timeoutSeconds, content } = script;
  const bodyBytes =
    content === ""
      ? await copyScript(work.sql, { tenant, scriptId, bodyId })
      : await insertBody(work.sql, { tenant, id: bodyId, content });
  if (bodyBytes === undefined) throw refuse("script.unknown", `there is no script ${scriptId}`);
  return { scriptId, bodyId, bodyBytes, timeoutSeconds };
}
