import { type Problem, type ProblemBody, problemOf } from "./problem.ts";

/** The lines of an answer as they come. */
async function* linesOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    if (rest !== "") yield rest;
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** The items of an answer in lines of JSON; an empty line only shows that the stream lives. */
export async function* itemsOf(response: Response): AsyncGenerator {
  for await (const line of linesOf(response)) {
    if (line.trim() === "") continue;
    const item = JSON.parse(line) as { readonly error?: ProblemBody };
    if (item.error?.status !== undefined) throw problemOf(item.error.status, item.error);
    yield item;
  }
}

const problemIn = (text: string): Problem => {
  const body = JSON.parse(text) as ProblemBody;
  return problemOf(body.status ?? 0, body);
};

export interface ServerSentEvent {
  /** Where to go on after this one. */
  readonly id: string;
  /** The type; `message` where none is said. */
  readonly event: string;
  readonly data: string;
}

/**
 * The events of a text/event-stream answer (HTML Living Standard, section 9.2.6) until the one named `end`, which says that
 * it is whole; the one named `error` is thrown.
 */
export async function* eventsOf(response: Response): AsyncGenerator<ServerSentEvent> {
  let [id, event, data] = ["", "", [] as string[]];
  for await (const line of linesOf(response)) {
    if (line === "") {
      if (event === "end") return;
      if (event === "error") throw problemIn(data.join("\n"));
      if (data.length > 0) yield { id, event: event || "message", data: data.join("\n") };
      [event, data] = ["", []];
    }
    const [, field, value = ""] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (field === "id") id = value;
    else if (field === "event") event = value;
    else if (field === "data") data.push(value);
  }
}
