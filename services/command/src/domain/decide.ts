import { ownershipForbids } from "./channel.ts";
import { type Command, type CommandResult, hasEnded } from "./command.ts";
import { MAX_EXPIRY_SECONDS } from "./order.ts";

/** What can happen to a command. */
export type Input =
  /**
   * The device asks for work, or enrollment is about to be asked. Over orbit a command is handed out once: fleetd keeps no
   * journal that would stop a second run.
   */
  | { readonly kind: "hand_out"; readonly over: "agent" | "orbit" | "enrollment"; readonly personal: boolean }
  /** An Apple device asks for work; what it may not be asked any more fails with this code instead. */
  | { readonly kind: "hand_out_apple"; readonly ineligible: string | undefined }
  /** An Apple device said NotNow. */
  | { readonly kind: "put_off" }
  /** A newer command says the same, and the device does not have this one in hand. */
  | { readonly kind: "superseded" }
  /** The agent asks for work and the command was withdrawn while the device had it. */
  | { readonly kind: "hand_out_withdrawal" }
  | { readonly kind: "report"; readonly report: Report }
  /** The agent's word on the cancel command. */
  | { readonly kind: "withdrawal_report"; readonly state: Report["state"] }
  | { readonly kind: "withdraw"; readonly withdrawalId: string }
  /** The device gets no license of the application that it waits for; the reason says why. */
  | { readonly kind: "license_refused"; readonly reason: string }
  | { readonly kind: "time_passed" }
  | { readonly kind: "unenrolled" };

export interface Report {
  readonly state: "running" | "succeeded" | "failed" | "refused" | "expired";
  readonly result: CommandResult;
}

/** What follows. Those that change the state are told on the bus, save for CommandRunning, which only watchers see. */
export type CommandEvent =
  | { readonly type: "CommandDelivered"; readonly leaseUntil: Date | undefined }
  | { readonly type: "CommandRunning" }
  | { readonly type: "CommandAcknowledged"; readonly result: CommandResult }
  | { readonly type: "CommandFailed"; readonly result: CommandResult }
  | { readonly type: "CommandExpired" }
  | { readonly type: "CommandCancelled"; readonly result: CommandResult | undefined }
  | { readonly type: "HandedOutAgain"; readonly leaseUntil: Date | undefined }
  | { readonly type: "PutOff" }
  | { readonly type: "WithdrawalAsked"; readonly withdrawalId: string }
  | { readonly type: "WithdrawalHandedOut"; readonly leaseUntil: Date };

/** How long a command that was handed out is not handed out again; the agent's journal makes a second time harmless. */
export const LEASE_MS = 120_000;

/** How long after its last moment a command that a device has may still be answered: a laptop may be shut meanwhile. */
export const RESULT_GRACE_MS = 24 * 3_600_000;

/** The longest that may pass between asking and the end of a command. */
export const LONGEST_LIFE_MS = MAX_EXPIRY_SECONDS * 1_000 + RESULT_GRACE_MS;

/** The agent reports a command that it stopped for us as failed, with this reason. */
const CANCELLED = "cancelled";

/** What happens to a command: nothing when the input is late, repeated or makes no sense. */
export function decide(command: Command, input: Input, now: Date): readonly CommandEvent[] {
  if (hasEnded(command)) return [];
  switch (input.kind) {
    case "hand_out":
      return handOut(command, input, now);
    case "hand_out_apple":
      return handOutApple(command, input.ineligible, now);
    case "put_off":
      return putOff(command);
    case "superseded":
      return [{ type: "CommandCancelled", result: because("superseded") }];
    case "hand_out_withdrawal":
      return handOutWithdrawal(command, now);
    case "report":
      return take(command, input.report);
    case "withdrawal_report":
      return takeWithdrawalReport(command, input.state);
    case "withdraw":
      return withdraw(command, input.withdrawalId);
    case "time_passed":
      return now < dueAt(command) ? [] : timeIsUp(command);
    case "license_refused":
      return command.state === "queued" ? [{ type: "CommandFailed", result: because(input.reason) }] : [];
    case "unenrolled":
      return command.type === "unenroll" ? [{ type: "CommandAcknowledged", result: because("") }] : [UNENROLLED];
    default:
      return input satisfies never;
  }
}

/** What becomes of all that is open of a device that leaves, except what was to make it leave. */
export const UNENROLLED = { type: "CommandCancelled", result: because("unenrolled") } as const;

/** When time alone changes the state. */
export const dueAt = ({ state, expiresAt }: Pick<Command, "state" | "expiresAt">): Date =>
  state === "queued" ? expiresAt : new Date(expiresAt.getTime() + RESULT_GRACE_MS);

type HandOut = Input & { kind: "hand_out" };

function handOut(command: Command, { over, personal }: HandOut, now: Date): readonly CommandEvent[] {
  if (command.withdrawal !== undefined || command.expiresAt <= now) return [];
  const freeText = command.script?.scriptId === "";
  if (command.state === "queued") {
    // Asked a second time at the door: the device may have become somebody's own since.
    if (ownershipForbids({ type: command.type, freeText }, personal)) {
      return [{ type: "CommandFailed", result: because("ownership_forbids") }];
    }
    return [{ type: "CommandDelivered", leaseUntil: over === "orbit" ? undefined : leaseFrom(now) }];
  }
  const leaseEnded = command.leaseUntil !== undefined && command.leaseUntil <= now;
  if (command.state !== "delivered" || !leaseEnded || over === "orbit") return [];
  return [{ type: "HandedOutAgain", leaseUntil: leaseFrom(now) }];
}

/** A device that asks has nothing in hand: what it was handed and never answered is handed out once more. */
function handOutApple(command: Command, ineligible: string | undefined, now: Date): readonly CommandEvent[] {
  if (command.withdrawal !== undefined) return [{ type: "CommandCancelled", result: because(CANCELLED) }];
  if (command.expiresAt <= now) return [];
  if (ineligible !== undefined) return [{ type: "CommandFailed", result: because(ineligible) }];
  return command.state === "queued"
    ? [{ type: "CommandDelivered", leaseUntil: undefined }]
    : [{ type: "HandedOutAgain", leaseUntil: undefined }];
}

/** A device keeps nothing of what it puts off: there is nothing left to take back. */
function putOff({ state, withdrawal }: Command): readonly CommandEvent[] {
  if (state !== "delivered") return [];
  return withdrawal === undefined ? [{ type: "PutOff" }] : [{ type: "CommandCancelled", result: because(CANCELLED) }];
}

function handOutWithdrawal({ withdrawal }: Command, now: Date): readonly CommandEvent[] {
  if (withdrawal === undefined || (withdrawal.leaseUntil !== undefined && withdrawal.leaseUntil > now)) return [];
  return [{ type: "WithdrawalHandedOut", leaseUntil: leaseFrom(now) }];
}

function take(command: Command, { state, result }: Report): readonly CommandEvent[] {
  // A result for a command that was never handed out is somebody's invention.
  if (command.state === "queued") return [];
  switch (state) {
    case "running":
      return command.state === "delivered" ? [{ type: "CommandRunning" }] : [];
    case "succeeded":
      return [{ type: "CommandAcknowledged", result }];
    case "expired":
      return [{ type: "CommandExpired" }];
    case "failed":
      if (command.withdrawal !== undefined && result.reason === CANCELLED)
        return [{ type: "CommandCancelled", result }];
      return [{ type: "CommandFailed", result }];
    case "refused":
      return [{ type: "CommandFailed", result }];
    default:
      return state satisfies never;
  }
}

function takeWithdrawalReport(command: Command, state: Report["state"]): readonly CommandEvent[] {
  // Failed means that the agent does not have the command, so it will never run there. Succeeded means that it is being
  // stopped: its own result follows, with what it had written until then.
  return command.withdrawal !== undefined && state === "failed"
    ? [{ type: "CommandCancelled", result: because(CANCELLED) }]
    : [];
}

function withdraw(command: Command, withdrawalId: string): readonly CommandEvent[] {
  if (command.state === "queued") return [{ type: "CommandCancelled", result: because(CANCELLED) }];
  return command.withdrawal === undefined ? [{ type: "WithdrawalAsked", withdrawalId }] : [];
}

function timeIsUp(command: Command): readonly CommandEvent[] {
  if (command.withdrawal !== undefined) return [{ type: "CommandCancelled", result: because(CANCELLED) }];
  if (command.state === "running") return [{ type: "CommandFailed", result: because("result_missing") }];
  return [{ type: "CommandExpired" }];
}

const leaseFrom = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/** The result of a command that ended without the device saying so. */
export function because(reason: string): CommandResult {
  return {
    exitCode: undefined,
    output: "",
    outputTruncated: false,
    reason,
    startedAt: undefined,
    endedAt: undefined,
    apple: undefined,
  };
}
