import { hash } from "node:crypto";
import { currentTrace, keepTrace } from "@muster/host/telemetry";
import { Uuids } from "@muster/postgres/uuids";
import type { Caller } from "@muster/rpc/caller";
import { validate as isUuid } from "uuid";
import { type ApprovalLimits, isDestructive, weightOf } from "../domain/campaign/approval.ts";
import type { EnqueueRefusal } from "../domain/channel.ts";
import type { Command } from "../domain/command.ts";
import type { Order } from "../domain/order.ts";
import { purchaseIn } from "../domain/vpp/purchase.ts";
import { type CommandBatch, membersOf } from "../storage/command-batches.ts";
import { lockByIds } from "../storage/commands.ts";
import type { BodySeal } from "./apple/plan-apple.ts";
import { holdAllowance, needsCampaign } from "./ask-alone.ts";
import { type Asked, askDevices } from "./ask-devices.ts";
import { askInParts } from "./ask-in-parts.ts";
import type { Announcer, CommandWork, Database } from "./ports.ts";

export interface EnqueueDeps {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Seals what Apple's commands carry. */
  readonly sealBody: BodySeal["seal"];
  /** More devices are a campaign that a second person approves. */
  readonly approvalAbove: ApprovalLimits;
}

interface Enqueued {
  /** The commands; none when there are more than are listed in one answer. */
  readonly commands: readonly Command[];
  readonly count: number;
  readonly refusals: readonly (EnqueueRefusal & { readonly deviceId: string })[];
}

/** More commands are not listed in the answer: it would be too large for a message. */
const LISTED_AT_MOST = 10_000;
/** More devices are not woken one by one. */
const WOKEN_AT_MOST = 1_000;

type Answered = Asked & Pick<Enqueued, "commands">;

/**
 * Asks devices to do something: a handful of statements, however many they are, in one transaction, or for very many in two that commit
 * together. A request that is repeated under its key, because nobody knows how it ended, finds the commands it made, and makes
 * those that it did not.
 */
export const enqueueCommands =
  ({ announcer, approvalAbove, database, newId, now, sealBody }: EnqueueDeps) =>
  async (order: Order, caller: Caller): Promise<Enqueued> => {
    const { actor, requestKey, tenant } = caller;
    if (isDestructive(order)) keepTrace();
    const [deviceIds, strange]: [string[], string[]] = [[], []];
    for (const id of order.deviceIds) (isUuid(id) ? deviceIds : strange).push(id);
    const createdAt = now();
    const ask = async (work: CommandWork, part: Uuids): Promise<Answered> => {
      const asked = await askDevices(
        work,
        {
          tenant,
          order,
          deviceIds: part,
          ...(requestKey !== undefined && { idFor: requestedId(requestKey) }),
          createdBy: actor,
          traceparent: currentTrace().traceparent ?? "",
          createdAt,
          expiresAt: new Date(createdAt.getTime() + order.expiresInSeconds * 1_000),
        },
        { newId, seal: sealBody },
      );
      return { ...asked, commands: await listed(work, tenant, asked) };
    };
    const askWhole = (all: Uuids) =>
      database.tenant(tenant, async (work) => {
        const allowance = await holdAllowance(work, order, caller, approvalAbove, createdAt);
        if (allowance?.suffices === false) throw needsCampaign(order, approvalAbove, allowance.left);
        const answered = await ask(work, all);
        await allowance?.note(answered.wanted.flatMap((batch) => batch.deviceIds.texts()));
        return answered;
      });
    const ids = Uuids.of(deviceIds);
    const isPlain = weightOf(order) === undefined && purchaseIn(order) === undefined;
    const answers = isPlain ? await askInParts(database, tenant, ids, ask) : [await askWhole(ids)];
    const [added, refused, wanted] = [
      answers.flatMap((answer) => answer.added),
      answers.flatMap((answer) => answer.refused),
      answers.flatMap((answer) => answer.wanted),
    ];
    const commands = countOf(wanted) > LISTED_AT_MOST ? [] : answers.flatMap((answer) => answer.commands);
    wake(announcer, tenant, added);
    const reasons = new Map<string, EnqueueRefusal>();
    for (const { code, deviceIds, message } of refused)
      for (const deviceId of deviceIds.texts()) reasons.set(deviceId, { code, message });
    for (const deviceId of strange) reasons.set(deviceId, NO_SUCH_DEVICE);
    const refusals = (reasons.size === 0 ? [] : order.deviceIds).flatMap((deviceId) => {
      const reason = reasons.get(deviceId);
      return reason === undefined ? [] : [{ deviceId, ...reason }];
    });
    return { commands, count: countOf(wanted), refusals };
  };

/** The commands themselves, if they are few. What was there already is from the same request: it is returned as it is now. */
async function listed(work: CommandWork, tenant: string, { added, wanted }: Asked): Promise<readonly Command[]> {
  if (countOf(wanted) > LISTED_AT_MOST) return [];
  if (countOf(added) === countOf(wanted)) return added.flatMap(membersOf);
  return lockByIds(
    work.sql,
    wanted.flatMap(membersOf).map(({ deviceId, id }) => ({ tenant, deviceId, id })),
  );
}

const NO_SUCH_DEVICE = { code: "command.device_unknown", message: "there is no such device" } as const;

const countOf = (batches: readonly CommandBatch[]): number => batches.reduce((sum, { ids }) => sum + ids.length, 0);

/** Tells devices that there is something to fetch: each of a few, all of the tenant's when they are many. */
export function wake(announcer: Announcer, tenant: string, batches: readonly CommandBatch[]): void {
  if (countOf(batches) > WOKEN_AT_MOST) announcer.wakeTenant(tenant);
  else announcer.wake(batches.flatMap(({ deviceIds }) => deviceIds.texts().map((deviceId) => ({ tenant, deviceId }))));
}

/**
 * The ids that follow from a request (RFC 9562, version 8). All of one request begin alike: they are neighbours in the
 * index, where names hashed one by one would each touch a page of their own.
 */
function requestedId(requestKey: string): (deviceId: string) => string {
  const request = hash("sha256", requestKey).slice(0, 12);
  return (deviceId) => {
    const digest = hash("sha256", `${requestKey}/${deviceId}`);
    const part = (from: number, to: number) => digest.slice(from, to);
    return `${request.slice(0, 8)}-${request.slice(8)}-8${part(0, 3)}-8${part(3, 6)}-${part(6, 18)}`;
  };
}
