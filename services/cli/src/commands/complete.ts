import type { Command, Option } from "commander";
import { Api, type Json } from "../api/client.ts";
import { currentContext, readSettings } from "../api/settings.ts";
import { print } from "../output/print.ts";
import { SHELLS } from "./completion.ts";
import { RESOURCES } from "./resources.ts";
import type { GlobalOptions } from "./session.ts";

/** What is asked for where a word may be many things, by the name of the option or argument. */
export type Sources = Readonly<Record<string, (prefix: string) => Promise<readonly string[]>>>;

/** A shell does not wait longer than a person who pressed a key. */
const PATIENCE_MS = 1_500;
const AT_MOST = 50;

/** Prints what the last word may become. Who is offline or not signed in gets no names, and no error in the midst of typing. */
export async function complete(muster: Command, words: readonly string[], options: GlobalOptions): Promise<void> {
  const found = await candidates(muster, words, sourcesOf({ ...options, ...typedIn(words) }));
  print(found.map((each) => `${each}\n`).join(""));
}

/** Which platform the words say that they are for. */
function typedIn(words: readonly string[]): Partial<GlobalOptions> {
  const after = (option: string) => {
    const place = words.indexOf(option);
    return place < 0 || place + 1 >= words.length - 1 ? undefined : words[place + 1];
  };
  const [context, server, token] = [after("--context"), after("--server"), after("--token")];
  return { ...(context && { context }), ...(server && { server }), ...(token && { token }) };
}

/** What the last of the words after `muster` may become; nothing where only the person knows. */
export async function candidates(
  muster: Command,
  words: readonly string[],
  sources: Sources,
): Promise<readonly string[]> {
  const prefix = words.at(-1) ?? "";
  let command = muster;
  let places = 0;
  let valued: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (valued !== undefined) valued = undefined;
    else if (word.startsWith("-")) {
      const option = optionsOf(command).find((each) => each.long === word || each.short === word);
      valued = option?.required || option?.optional ? option : undefined;
    } else {
      const next = command.commands.find((each) => each.name() === word);
      if (next === undefined) places++;
      else [command, places] = [next, 0];
    }
  }
  const of = async (name: string) => (await sources[name]?.(prefix)) ?? [];
  const all =
    valued !== undefined
      ? await of(valued.attributeName())
      : prefix.startsWith("-")
        ? [...optionsOf(command).flatMap(({ hidden, long }) => (hidden || !long ? [] : [long])), "--help"]
        : command.commands.length > 0
          ? command
              .createHelp()
              .visibleCommands(command)
              .map((each) => each.name())
          : await of((command.registeredArguments[places] ?? command.registeredArguments.at(-1))?.name() ?? "");
  return all.filter((each) => each.startsWith(prefix)).toSorted();
}

const optionsOf = (command: Command): readonly Option[] =>
  command.parent === null ? command.options : [...command.options, ...optionsOf(command.parent)];

function sourcesOf(options: GlobalOptions): Sources {
  const ask = async (path: string, query: Record<string, string>): Promise<Json> => {
    try {
      const api = new Api(currentContext(options, process.env));
      return await api.call(path, { query, signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch {
      return {};
    }
  };
  const devices = async (search: string) => {
    const { devices: found = [] } = await ask("/api/v1/devices", { search, pageSize: String(AT_MOST) });
    return (found as Json[]).map((each) => (each.hostname || each.hardwareSerial) as string);
  };
  const fixed = (names: readonly string[]) => () => Promise.resolve(names);
  const contexts = () => Promise.resolve(Object.keys(readSettings(process.env).contexts));
  return {
    output: fixed(["table", "json", "yaml", "csv"]),
    platform: fixed(["macos", "ios", "ipados", "tvos", "windows", "linux", "chromeos", "android"]),
    kind: fixed(["device", ...Object.keys(RESOURCES)]),
    shell: fixed(SHELLS),
    context: contexts,
    device: devices,
    label: async () => {
      const { labels = [] } = await ask("/api/v1/labels", {});
      return (labels as Json[]).map((each) => each.name as string);
    },
  };
}
