import { setTimeout as delay } from "node:timers/promises";
import { hasEnded } from "../domain/command.ts";
import { refuse } from "../domain/refusals.ts";
import type { CommandWithScript, Transactions } from "./ports.ts";

export interface WatchDeps {
  readonly transactions: Transactions;
  /** Calls back whenever the command may have changed, until the returned function is called. */
  readonly onChange: (tenant: string, id: string, ring: () => void) => () => void;
  /** Aborted when the service stops. */
  readonly stopping: AbortSignal;
}

/** An announcement can be lost; this is how late a change is seen then. */
const POLL_MS = 2_000;

export const getCommand = async (
  transactions: Transactions,
  tenant: string,
  id: string,
): Promise<CommandWithScript> => {
  const found = await transactions.tenant(tenant, (records) => records.commands.find(tenant, id));
  if (found === undefined) throw refuse("command.unknown", `there is no command ${id}`);
  return found;
};

/** The command as it is, and again after each change of state, until its end. */
export const watchCommand = ({ transactions, onChange, stopping }: WatchDeps) =>
  async function* (tenant: string, id: string, signal: AbortSignal): AsyncGenerator<CommandWithScript> {
    let rung = Promise.withResolvers<void>();
    const unwatch = onChange(tenant, id, () => rung.resolve());
    try {
      for (let version = 0; !signal.aborted; ) {
        if (stopping.aborted) throw refuse("command.stopping", "this replica stops; watch again", { retryAfterSec: 1 });
        // Taken before reading, so that a change during the reading rings for the next round.
        rung = Promise.withResolvers();
        const found = await getCommand(transactions, tenant, id);
        if (found.command.version > version) yield found;
        version = found.command.version;
        if (hasEnded(found.command)) return;
        await ringOrPoll(rung.promise, AbortSignal.any([signal, stopping]));
      }
    } finally {
      unwatch();
    }
  };

async function ringOrPoll(rung: Promise<void>, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const poll = delay(POLL_MS, undefined, { signal: AbortSignal.any([done.signal, signal]) }).catch(() => undefined);
  await Promise.race([rung, poll]);
  done.abort();
}
