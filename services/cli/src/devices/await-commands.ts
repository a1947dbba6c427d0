import type { Api, Json } from "../api/client.ts";
import { watch } from "../commands/command.ts";
import { stateName } from "../commands/resources/resource.ts";

/** So many commands are watched at the same time; each holds a connection. */
const AT_ONCE = 20;

export interface Awaited {
  /** All, as they are then. */
  readonly commands: readonly Json[];
  /** Whether a person did not want to wait any longer. */
  readonly isBrokenOff: boolean;
}

/** Waits until each command has ended, for `seconds`, or until Ctrl-C. On a terminal a line tells how it goes. */
export async function awaitCommands(
  api: Api,
  commands: readonly Json[],
  seconds: number | undefined,
): Promise<Awaited> {
  const person = new AbortController();
  const breakOff = () => person.abort();
  process.once("SIGINT", breakOff);
  const stop =
    seconds === undefined ? person.signal : AbortSignal.any([person.signal, AbortSignal.timeout(seconds * 1_000)]);
  const latest = new Map(commands.map((command) => [command.id as string, command]));
  const waiting = [...latest.keys()];
  const progress = progressLine(commands.length);
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      latest.set(id, (await watch(api, id, stop)) ?? latest.get(id));
      progress.tell([...latest.values()]);
    }
  };
  progress.tell(commands);
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, worker));
  } finally {
    progress.end();
    process.off("SIGINT", breakOff);
  }
  return { commands: [...latest.values()], isBrokenOff: person.signal.aborted };
}

/** A line for people that is written over and over; programs get none. */
function progressLine(total: number) {
  const isShown = process.stderr.isTTY;
  return {
    tell(commands: readonly Json[]): void {
      if (!isShown) return;
      const states = Map.groupBy(commands, ({ state }) => stateName(state));
      const counts = [...states].map(([state, { length }]) => `${length} ${state}`);
      process.stderr.write(`\r\u001b[K${total} ${total === 1 ? "command" : "commands"}: ${counts.join(", ")}`);
    },
    end: () => isShown && process.stderr.write("\r\u001b[K"),
  };
}
