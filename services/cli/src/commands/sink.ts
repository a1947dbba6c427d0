import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import { type Column, print, printList, printWhole } from "../output/print.ts";
import { documentsOf } from "./create.ts";
import { type GlobalOptions, openSession } from "./session.ts";

const path = (id: string, rest = ""): string => `/api/v1/sinks/${encodeURIComponent(id)}${rest}`;

/** Creates sinks from a YAML or JSON file; one that does not say so is enabled. */
export async function createSinks({ file, ...options }: GlobalOptions & { readonly file: string }): Promise<void> {
  const { api, format } = openSession(options);
  for (const sink of await documentsOf(file)) {
    const created = await api.call("/api/v1/sinks", { method: "POST", body: { enabled: true, ...sink } });
    if (format === "table") print(`${created.id}  ${created.name}\n`);
    else await printWhole(created, format);
  }
}

export async function testSink(id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  const result = await api.call(path(id, "/test"), { method: "POST" });
  if (format !== "table") await printWhole(result, format);
  if (result.taken !== true) throw new Failure(EXIT.failed, `not taken: ${result.answer}`);
  if (format === "table") print(`taken after ${result.tookMs ?? 0} ms: look for the event ${result.eventId}\n`);
}

export async function switchSink(id: string, verb: "pause" | "resume", options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  const sink = await api.call(path(id, `/${verb}`), { method: "POST" });
  if (format !== "table") return printWhole(sink, format);
  print(`${sink.name} ${verb === "pause" ? "stands" : "goes on"} at ${sink.health.position}\n`);
}

export interface ReplayOptions extends GlobalOptions {
  readonly since?: string;
  readonly from?: string;
}

export async function replaySink(id: string, { since, from, ...options }: ReplayOptions): Promise<void> {
  if ((since === undefined) === (from === undefined))
    throw usage("say from where on: --since <time> or --from <position>");
  const { api } = openSession(options);
  const body = since === undefined ? { position: from } : { time: since };
  const sink = await api.call(path(id, "/replay"), { method: "POST", body });
  print(`${sink.name} goes on at ${sink.health.position}\n`);
}

export interface DeadLetterOptions extends GlobalOptions {
  readonly replay: boolean;
  readonly drop: boolean;
  readonly event?: readonly string[];
  readonly limit: string;
}

const COLUMNS: readonly Column[] = [
  ["failed", (letter) => letter.failedAt.replace(/\.\d+Z$/, "Z")],
  ["event", (letter) => letter.eventId],
  ["type", (letter) => letter.eventType],
  ["reason", (letter) => letter.reason],
];

/** Lists dead letters, or sends them once more, or removes them. */
export async function deadLetters(id: string, options: DeadLetterOptions): Promise<void> {
  const { api, format } = openSession(options);
  if (options.replay && options.drop) throw usage("--replay and --drop exclude each other");
  const body = { eventIds: options.event ?? [] };
  if (options.replay) {
    const { replayed } = await api.call(path(id, "/dead-letters/replay"), { method: "POST", body });
    return print(`${replayed} events are sent once more\n`);
  }
  if (options.drop) {
    const { dropped } = await api.call(path(id, "/dead-letters/drop"), { method: "POST", body });
    return print(`${dropped} dead letters are removed\n`);
  }
  if (!(Number(options.limit) > 0)) throw usage("--limit is a number above 0");
  await printList(await api.list(path(id, "/dead-letters"), "deadLetters", {}, Number(options.limit)), COLUMNS, format);
}
