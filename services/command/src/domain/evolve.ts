import type { Command } from "./command.ts";
import { type CommandEvent, decide, type Input } from "./decide.ts";

/** The command after an event. The version rises with each change of state, and with nothing else. */
function evolve(command: Command, event: CommandEvent, now: Date): Command {
  const version = command.version + 1;
  switch (event.type) {
    case "CommandDelivered":
      return {
        ...command,
        version,
        state: "delivered",
        deliveredAt: now,
        leaseUntil: event.leaseUntil,
        deliveries: command.deliveries + 1,
        apple: command.apple && { ...command.apple, putOff: false },
      };
    case "HandedOutAgain":
      return { ...command, leaseUntil: event.leaseUntil, deliveries: command.deliveries + 1 };
    case "CommandRunning":
      return { ...command, version, state: "running" };
    case "PutOff":
      return { ...command, version, state: "queued", apple: command.apple && { ...command.apple, putOff: true } };
    case "CommandAcknowledged":
      return { ...command, version, state: "acknowledged", endedAt: now, result: event.result };
    case "CommandFailed":
      return { ...command, version, state: "failed", endedAt: now, result: event.result };
    case "CommandExpired":
      return { ...command, version, state: "expired", endedAt: now };
    case "CommandCancelled":
      return { ...command, version, state: "cancelled", endedAt: now, result: event.result };
    case "WithdrawalAsked":
      return { ...command, withdrawal: { id: event.withdrawalId, leaseUntil: undefined } };
    case "WithdrawalHandedOut":
      return command.withdrawal === undefined
        ? command
        : { ...command, withdrawal: { ...command.withdrawal, leaseUntil: event.leaseUntil } };
    default:
      return event satisfies never;
  }
}

/** One thing that happened to a command, and the command after it. */
export interface Step {
  readonly event: CommandEvent;
  readonly after: Command;
}

/** Decides and evolves: what happens to the command, step by step, and how it ends up. */
export function advance(
  command: Command,
  input: Input,
  now: Date,
): { readonly after: Command; readonly steps: readonly Step[] } {
  let after = command;
  const steps = decide(command, input, now).map((event) => {
    after = evolve(after, event, now);
    return { event, after };
  });
  return { after, steps };
}
