import type { Command } from "../domain/command.ts";
import type { Step } from "../domain/evolve.ts";
import { commandMessage } from "./command-message.ts";
import type { Records } from "./ports.ts";

/** Who caused a step; nobody when the platform itself did. */
export type ActorOf = (command: Command) => string;

export const byPlatform: ActorOf = () => "";
export const byDevice: ActorOf = ({ deviceId }) => `device:${deviceId}`;

/** Saves where commands stand after these steps and emits what is told on the bus, in the one transaction. */
export async function recordSteps(records: Records, steps: readonly Step[], actorOf: ActorOf): Promise<void> {
  const last = new Map(steps.map(({ after }) => [`${after.tenant}/${after.id}`, after]));
  await records.commands.save([...last.values()]);
  for (const step of steps) emitStep(records, step, actorOf(step.after));
}

function emitStep(records: Records, { event, after }: Step, actor: string): void {
  switch (event.type) {
    case "CommandDelivered":
    case "CommandAcknowledged":
    case "CommandFailed":
    case "CommandExpired":
    case "CommandCancelled":
      records.emit({
        type: `muster.command.v1.${event.type}`,
        tenant: after.tenant,
        deviceId: after.deviceId,
        actor,
        trace: traceOfCommand(after.traceparent),
        data: { command: commandMessage(after) },
      });
      return;
    case "CommandRunning":
    case "HandedOutAgain":
    case "WithdrawalAsked":
    case "WithdrawalHandedOut":
      return;
    default:
      event satisfies never;
  }
}

// What the device does hours later still belongs to the trace of whoever asked.
const traceOfCommand = (traceparent: string) => (traceparent === "" ? {} : { traceparent });
