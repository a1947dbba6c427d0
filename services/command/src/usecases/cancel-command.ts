import type { Caller } from "@muster/rpc/caller";
import type { Command } from "../domain/command.ts";
import { hasEnded } from "../domain/command.ts";
import { advance } from "../domain/evolve.ts";
import { refuse } from "../domain/refusals.ts";
import { lockById } from "../storage/commands.ts";
import type { EnqueueDeps } from "./enqueue-commands.ts";
import { byPerson, recordSteps } from "./record-steps.ts";

/** Withdraws a command: at once while it waits, otherwise by a cancel command that the agent is handed. */
export const cancelCommand =
  ({ database, announcer, now, newId }: EnqueueDeps) =>
  async (id: string, { tenant, actor }: Caller): Promise<Command> => {
    const { after, changed } = await database.tenant(tenant, async (work) => {
      const command = await lockById(work.sql, tenant, id);
      if (command === undefined) throw refuse("command.unknown", `there is no command ${id}`);
      if (hasEnded(command) && command.state !== "cancelled") {
        throw refuse("command.ended", `the command has ended (${command.state}) and cannot be withdrawn`);
      }
      const { after, steps } = advance(command, { kind: "withdraw", withdrawalId: newId() }, now());
      await recordSteps(work, steps, byPerson(actor));
      return { after, changed: steps.length > 0 };
    });
    if (changed) {
      announcer.changed([after]);
      if (!hasEnded(after)) announcer.wake([after]);
    }
    return after;
  };
