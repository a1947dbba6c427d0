import type { Command, Option } from "commander";
import { Api, type Json } from "../api/client.ts";
import { SELECTOR_KEYS } from "../api/selector.ts";
import { currentContext, readSettings } from "../api/settings.ts";
import { print } from "../output/print.ts";
import { SHELLS } from "./completion.ts";
import { keyOf, namesOf } from "./resources/find-one.ts";
import { isKind, kindOf } from "./resources/known-kinds.ts";
import { RESOURCES } from "./resources.ts";
import type { GlobalOptions } from "./session.ts";

/**
 * What is asked for where a word may be many things, by the name of the option or argument; `places` are the arguments that
 * stand before it.
 */
export type Sources = Readonly<
  Record<string, (prefix: string, places: readonly string[]) => Promise<readonly string[]>>
>;

/** A shell does not wait longer than a person who pressed a key. */
const PATIENCE_MS = 1_500;
const AT_MOST = 50;

/** Prints what the last word may become. Who is offline or not signed in gets no names, and no error in the midst of typing. */
export async function complete(muster: Command, words: readonly string[], options: GlobalOptions): Promise<void> {
  const { before, whole } = rejoined(words);
  const found = await candidates(muster, whole, sourcesOf({ ...options, ...typedIn(whole) }));
  print(found.map((each) => `${each.slice(before.length)}\n`).join(""));
}

interface Rejoined {
  readonly whole: readonly string[];
  /** What of the last word stands before what is completed. */
  readonly before: string;
}

/**
 * Bash makes three words of `--output=yaml`, and of `platform=linux`. An option and its value are taken as two, all else is put
 * together again; only what stands after the last sign is completed.
 */
export function rejoined(words: readonly string[]): Rejoined {
  const whole: string[] = [];
  let before = "";
  for (const [place, word] of words.entries()) {
    const last = whole.at(-1);
    const isAfterSign = words[place - 1] === "=" && before !== "";
    if (isAfterSign) whole[whole.length - 1] = `${last}${word}`;
    else if (word !== "=") {
      before = "";
      whole.push(word);
    } else if (last === undefined || last.startsWith("-")) {
      before = "";
      if (place === words.length - 1) whole.push("");
    } else {
      before = `${last}=`;
      whole[whole.length - 1] = before;
    }
  }
  return { whole, before };
}

/** Which platform the words say that they are for. */
function typedIn(words: readonly string[]): Partial<GlobalOptions> {
  const after = (option: string) => {
    const place = words.indexOf(option);
    if (place >= 0 && place + 1 < words.length - 1) return words[place + 1];
    return words
      .slice(0, -1)
      .find((word) => word.startsWith(`${option}=`))
      ?.slice(option.length + 1);
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
  let places: string[] = [];
  let valued: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (valued !== undefined) valued = undefined;
    else if (word.startsWith("-")) {
      const option = optionsOf(command).find((each) => each.long === word || each.short === word);
      valued = option?.required || option?.optional ? option : undefined;
    } else {
      const next = command.commands.find((each) => each.name() === word);
      if (next === undefined) places.push(word);
      else [command, places] = [next, []];
    }
  }
  const [, name = "", typed = ""] = /^(--[^=]+=)(.*)$/.exec(prefix) ?? [];
  const of = async (source: string, start = prefix) => (await sources[source]?.(start, places)) ?? [];
  if (name !== "" && valued === undefined) {
    const option = optionsOf(command).find(({ long }) => `${long}=` === name);
    const values = option === undefined ? [] : await of(option.attributeName(), typed);
    return values.filter((each) => each.startsWith(typed)).map((each) => name + each);
  }
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
          : await of((command.registeredArguments[places.length] ?? command.registeredArguments.at(-1))?.name() ?? "");
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
  const things = async (prefix: string, [word = ""]: readonly string[]): Promise<readonly string[]> => {
    if (!isKind(word)) return [];
    const kind = kindOf(word);
    if (kind.plural === "devices") return devices(prefix);
    const { [kind.field]: found = [] } = await ask(kind.path, kind.paged ? { pageSize: "500" } : {});
    return (found as Json[]).map((item) => namesOf(kind, item)[0] ?? keyOf(kind, item));
  };
  const fixed = (names: readonly string[]) => () => Promise.resolve(names);
  const platforms = ["macos", "ios", "ipados", "tvos", "windows", "linux", "chromeos", "android"];
  const labels = async () => {
    const { labels: found = [] } = await ask("/api/v1/labels", {});
    return (found as Json[]).map((each) => each.name as string);
  };
  const filters: Readonly<Record<string, () => Promise<readonly string[]>>> = {
    platform: fixed(platforms),
    presence: fixed(["online", "offline"]),
    compliance: fixed(["failing", "passing", "unknown"]),
    label: labels,
  };
  const contexts = () => Promise.resolve(Object.keys(readSettings(process.env).contexts));
  return {
    output: fixed(["table", "json", "yaml", "csv"]),
    ...filters,
    selector: (prefix) => selectors(prefix, filters),
    kind: fixed(["device", ...Object.keys(RESOURCES)]),
    thing: things,
    shell: fixed(SHELLS),
    context: contexts,
    device: devices,
  };
}

/** What the last part of a selector may become, after those before it: a key, or what is known of its values. */
export async function selectors(
  typed: string,
  values: Readonly<Record<string, () => Promise<readonly string[]>>>,
): Promise<readonly string[]> {
  const [, earlier = "", key] = /^(.*,)?(?:([a-z-]+)=[^,]*|[a-z-]*)$/.exec(typed) ?? [];
  if (key === undefined) return SELECTOR_KEYS.map((each) => `${earlier}${each}=`);
  return ((await values[key]?.()) ?? []).map((value) => `${earlier}${key}=${value}`);
}
