import { exitOf } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import type { Json } from "./client.ts";

/** The lines of an answer as they come. */
async function* linesOf(response: Response): AsyncGenerator<string> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** The items of an application/x-ndjson answer; empty lines only show that the stream lives. */
export async function* itemsOf(response: Response): AsyncGenerator<Json> {
  for await (const line of linesOf(response)) {
    if (line.trim() === "") continue;
    const item: Json = JSON.parse(line);
    if (item.error?.code !== undefined && item.error.status !== undefined) {
      throw new Failure(exitOf(item.error.status), `${item.error.detail} (${item.error.code})`);
    }
    yield item;
  }
}

export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** The events of a text/event-stream answer (HTML Living Standard §9.2.6). */
export async function* serverSentEventsOf(response: Response): AsyncGenerator<ServerSentEvent> {
  let [id, event, data] = ["", "", ""];
  for await (const line of linesOf(response)) {
    if (line === "") {
      if (data !== "") yield { id, event, data };
      [event, data] = ["", ""];
    }
    const [, field, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "id") id = value ?? "";
    else if (field === "event") event = value ?? "";
    else if (field === "data") data = data === "" ? (value ?? "") : `${data}\n${value}`;
  }
}
