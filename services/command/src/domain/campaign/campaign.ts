import type { CommandType } from "../command.ts";

export type CampaignState =
  | "awaiting_approval"
  | "running"
  | "paused"
  | "halted"
  | "completed"
  | "cancelled"
  | "expired"
  | "rejected";

export type HaltReason = "failures" | "success_not_reached";

/** How many devices stand where. */
export interface Counts {
  readonly waiting: number;
  readonly refused: number;
  readonly queued: number;
  readonly delivered: number;
  readonly acknowledged: number;
  readonly failed: number;
  readonly expired: number;
  readonly cancelled: number;
}

/** One command for many devices, in waves. */
export interface Campaign {
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly state: CampaignState;
  readonly type: CommandType;
  /** Apple's name for the command; empty for all that is not Apple's own. */
  readonly requestType: string;
  readonly deviceCount: number;
  readonly waveSizes: readonly number[];
  /** The wave that was asked last, from 1; 0 before the first. */
  readonly wave: number;
  /** When it was asked. */
  readonly waveAt: Date | undefined;
  /** When the next wave is asked; unset until this one has succeeded. */
  readonly nextWaveAt: Date | undefined;
  readonly pauseSeconds: number;
  readonly successPercent: number;
  readonly haltPercent: number;
  readonly haltMinimum: number;
  readonly haltReason: HaltReason | "";
  /** What had failed and ended, of the wave and of all of them, when somebody let it go on: it does not halt it again. */
  readonly forgiven: { readonly wave: Ended; readonly whole: Ended };
  readonly reason: string;
  readonly createdBy: string;
  /** The person behind createdBy; empty when it is older than that is known. */
  readonly proposedBy: string;
  /** The trace of the request that made it; empty when that was not traced. */
  readonly traceparent: string;
  readonly createdAt: Date;
  readonly approvedBy: string;
  readonly rejectedBy: string;
  /** What whoever approved or rejected it said of it. */
  readonly decisionReason: string;
  readonly approvalExpiresAt: Date | undefined;
  readonly expiresAt: Date;
  readonly endedAt: Date | undefined;
  /** As they were at the end. */
  readonly counts: Counts | undefined;
  /** What is still to be withdrawn: what no device has fetched yet, or all that is open. */
  readonly withdrawing: "" | "unfetched" | "open";
}

/** How many commands failed, of how many that ended. */
export interface Ended {
  readonly failed: number;
  readonly ended: number;
}

export const NONE_ENDED: Ended = { failed: 0, ended: 0 };

const ENDED: readonly CampaignState[] = ["completed", "cancelled", "expired", "rejected"];

export const isOver = ({ state }: Pick<Campaign, "state">): boolean => ENDED.includes(state);

const SOONEST_MS = 1_000;
const LATEST_MS = 30_000;

/** When a campaign is looked at next; never again once it is over. A wave that has been out for long is looked at less often. */
export function lookAt(campaign: Campaign, now: Date): Date | undefined {
  const { approvalExpiresAt, expiresAt, nextWaveAt, state, waveAt, withdrawing } = campaign;
  if (withdrawing !== "") return now;
  if (isOver(campaign)) return undefined;
  if (state === "awaiting_approval") return approvalExpiresAt ?? now;
  if (state !== "running") return expiresAt;
  const age = waveAt === undefined ? 0 : now.getTime() - waveAt.getTime();
  const again = now.getTime() + Math.min(LATEST_MS, Math.max(SOONEST_MS, age / 20));
  return new Date(Math.min(again, expiresAt.getTime(), nextWaveAt?.getTime() ?? again));
}
