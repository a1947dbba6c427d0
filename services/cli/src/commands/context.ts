import { readSettings, type Settings, writeSettings } from "../api/settings.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { formatOf, print, printList } from "../output/print.ts";
import type { GlobalOptions } from "./session.ts";

/** Lists the stored contexts, without their tokens. */
export function listContexts({ output }: GlobalOptions): Promise<void> {
  const { contexts, current } = readSettings(process.env);
  const items = Object.entries(contexts).map(([name, { server }]) => ({ name, server, current: name === current }));
  return printList(
    items,
    [
      ["CURRENT", (each) => (each.current ? "*" : "")],
      ["NAME", (each) => each.name],
      ["SERVER", (each) => each.server],
    ],
    formatOf(output),
  );
}

/** Prints which context is asked when a command names none. */
export function currentContextName(): void {
  const { current } = readSettings(process.env);
  if (current === "") throw new Failure(EXIT.missing, "no context is chosen; `muster context use` chooses one");
  if (process.env["MUSTER_SERVER"] && process.env["MUSTER_TOKEN"])
    process.stderr.write("MUSTER_SERVER and MUSTER_TOKEN are set and go before it.\n");
  print(`${current}\n`);
}

export function useContext(name: string): void {
  const settings = known(name);
  writeSettings(process.env, { ...settings, current: name });
  process.stderr.write(`Asking ${settings.contexts[name]?.server} from now on.\n`);
}

export function deleteContext(name: string): void {
  const { contexts, current } = known(name);
  const { [name]: _gone, ...left } = contexts;
  writeSettings(process.env, { current: current === name ? "" : current, contexts: left });
  process.stderr.write(`Forgot "${name}".\n`);
}

function known(name: string): Settings {
  const settings = readSettings(process.env);
  const names = Object.keys(settings.contexts);
  if (!names.includes(name))
    throw usage(`there is no context "${name}"; known are: ${names.join(", ") || "none, `muster login` stores one"}`);
  return settings;
}
