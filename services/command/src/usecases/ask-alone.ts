import type { Caller } from "@muster/rpc/caller";
import {
  type Allowance,
  APPROVAL_WINDOW_MS,
  type ApprovalLimits,
  allowanceFor,
  weightOf,
} from "../domain/campaign/approval.ts";
import type { Order } from "../domain/order.ts";
import { refuse } from "../domain/refusals.ts";
import { lockAskedAlone, noteAskedAlone } from "../storage/asked-alone.ts";
import type { CommandWork } from "./ports.ts";

/** What somebody may ask without a second person, held until the transaction is over. */
export interface HeldAllowance extends Allowance {
  /** Counts what was asked. */
  note(deviceIds: readonly string[]): Promise<void>;
}

/** Looks at what is left to whoever asks; nothing when what they ask needs nobody else, however many devices it is for. */
export async function holdAllowance(
  work: CommandWork,
  { deviceIds, ...order }: Pick<Order, "apple" | "deviceIds" | "type">,
  { actor, person = actor, tenant }: Caller,
  limits: ApprovalLimits,
  at: Date,
): Promise<HeldAllowance | undefined> {
  const weight = weightOf(order);
  if (weight === undefined) return undefined;
  const asker = { tenant, person, weight };
  const lately = await lockAskedAlone(work.sql, asker, new Date(at.getTime() - APPROVAL_WINDOW_MS));
  return {
    ...allowanceFor(deviceIds, lately, limits[weight]),
    note: (asked) => noteAskedAlone(work.sql, asker, asked, at),
  };
}

export function needsCampaign(order: Pick<Order, "apple" | "type">, limits: ApprovalLimits, left: number): Error {
  const limit = limits[weightOf(order) ?? "destructive"];
  return refuse(
    "command.needs_campaign",
    `${order.type} for more than ${limit} devices within an hour needs a second person, and ${left} are left to you: create a campaign, which somebody else approves`,
  );
}
