import { readSettings, type Settings, writeSettings } from "../api/settings.ts";
import { usage } from "../failure.ts";
import { formatOf, printList } from "../output/print.ts";
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
