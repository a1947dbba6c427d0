import type { Caller } from "@muster/rpc/caller";
import type { Command } from "../domain/command.ts";
import { hasEnded } from "../domain/command.ts";
import { advance } from "../domain/evolve.ts";
import { refuse } from "../domain/refusals.ts";
import type { EnqueueDeps } from "./enqueue-commands.ts";
import { recordSteps } from "./record-steps.ts";

/** Withdraws a command: at once while it waits, otherwise by a cancel command that the agent is handed. */
export const cancelCommand =
  ({ transactions, announcer, now, newId }: EnqueueDeps) =>
  async (id: string, { tenant, actor }: Caller): Promise<Command> => {
    const { after, changed } = await transactions.tenant(tenant, async (records) => {
      const command = await records.commands.lockById(tenant, id);
      if (command === undefined) throw refuse("command.unknown", `there is no command ${id}`);
      if (hasEnded(command) && command.state !== "cancelled") {
        throw refuse("command.ended", `the command has ended (${command.state}) and cannot be withdrawn`);
      }
      const { after, steps } = advance(command, { kind: "withdraw", withdrawalId: newId() }, now());
      await recordSteps(records, steps, () => actor);
      return { after, changed: steps.length > 0 };
    });
    if (changed) {
      announcer.changed([after]);
      if (!hasEnded(after)) announcer.wake([after]);
    }
    return after;
  };
