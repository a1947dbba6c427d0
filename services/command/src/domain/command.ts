import type { AppleAnswer, AppleWork } from "./apple/apple-work.ts";

export type CommandType =
  | "run_script"
  | "refetch"
  | "restart"
  | "shutdown"
  | "apple"
  | "lock"
  | "wipe"
  | "clear_passcode"
  | "enable_lost_mode"
  | "disable_lost_mode"
  | "locate"
  | "unenroll";

const OPEN_STATES = ["queued", "delivered", "running"] as const;
const ENDED_STATES = ["acknowledged", "failed", "expired", "cancelled"] as const;
export type CommandState = (typeof OPEN_STATES)[number] | (typeof ENDED_STATES)[number];

/** What a script command carries. The content itself is kept once for all devices that were asked in one go. */
export interface CommandScript {
  /** The saved script it was copied from; empty for free text. */
  readonly scriptId: string;
  readonly bodyId: string;
  readonly bodyBytes: number;
  readonly timeoutSeconds: number;
}

/** What the device said at the end, or why it ended without the device. */
export interface CommandResult {
  readonly exitCode: number | undefined;
  readonly output: string;
  readonly outputTruncated: boolean;
  /** Empty when the command was carried out. */
  readonly reason: string;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** What an Apple device answered beside that. */
  readonly apple: AppleAnswer | undefined;
}

/** The withdrawal of a command that the device already has: a cancel command of its own. */
export interface Withdrawal {
  readonly id: string;
  /** Until then the cancel command is not handed out again; unset before the first time. */
  readonly leaseUntil: Date | undefined;
}

/** One thing one device is asked to do. */
export interface Command {
  readonly tenant: string;
  readonly deviceId: string;
  /** The order of a device's commands. */
  readonly seq: string;
  readonly id: string;
  readonly type: CommandType;
  readonly state: CommandState;
  readonly script: CommandScript | undefined;
  /** What it is in Apple's words; unset when it does not go over Apple's protocol. */
  readonly apple: AppleWork | undefined;
  readonly createdBy: string;
  readonly reason: string;
  /** The trace of the request that asked for it; empty when that was not traced. */
  readonly traceparent: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly deliveredAt: Date | undefined;
  /** Until then it is not handed out again; unset means never again. */
  readonly leaseUntil: Date | undefined;
  readonly deliveries: number;
  readonly withdrawal: Withdrawal | undefined;
  readonly endedAt: Date | undefined;
  readonly result: CommandResult | undefined;
  readonly version: number;
}

export const hasEnded = ({ state }: Pick<Command, "state">): boolean =>
  (ENDED_STATES as readonly CommandState[]).includes(state);
