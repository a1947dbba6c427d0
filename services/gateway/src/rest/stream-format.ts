import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { FastifyRequest } from "fastify";
import type { ResponseReader } from "./response-json.ts";

/** How the answers of a stream are written. */
export interface StreamFormat {
  readonly headers: Readonly<Record<string, string>>;
  /** What shows that a silent stream lives; empty when nothing may be in between. */
  readonly ping: string;
  /** Says that the stream is whole. */
  readonly end: string;
  item(reader: ResponseReader, answer: Uint8Array): string | Uint8Array;
  /** Says that the stream broke, and why; nothing when the format has no words for it. */
  failure(problem: JsonObject): string | undefined;
}

export function formatOf(request: FastifyRequest, reader: ResponseReader): StreamFormat {
  if (reader.isBytes) return BYTES;
  return request.headers.accept?.includes("application/x-ndjson") ? NDJSON : EVENT_STREAM;
}

// Proxies that gather an answer before they pass it on would make a stream useless.
const UNBUFFERED = { "cache-control": "no-store", "x-accel-buffering": "no" };

const EVENT_STREAM: StreamFormat = {
  headers: { ...UNBUFFERED, "content-type": "text/event-stream; charset=utf-8" },
  ping: ": ping\n\n",
  end: "event: end\ndata: {}\n\n",
  item: (reader, answer) => {
    const { id, text, type } = eventOf(reader.json(answer));
    return `${id === "" ? "" : `id: ${id}\n`}${type === "" ? "" : `event: ${type}\n`}data: ${text}\n\n`;
  },
  failure: (problem) => `event: error\ndata: ${JSON.stringify(problem)}\n\n`,
};

const NDJSON: StreamFormat = {
  headers: { ...UNBUFFERED, "content-type": "application/x-ndjson" },
  ping: "\n",
  end: "",
  item: (reader, answer) => {
    const { text, ...json } = reader.json(answer) as Answer;
    if (text === undefined || text === "") return `${JSON.stringify(json)}\n`;
    // A format that is no JSON is a string in it.
    return text.startsWith("{") ? `${text}\n` : `${JSON.stringify({ ...json, text })}\n`;
  },
  failure: (problem) => `${JSON.stringify({ error: problem })}\n`,
};

const BYTES: StreamFormat = {
  headers: {
    "cache-control": "no-store",
    "content-type": "application/octet-stream",
    "content-disposition": "attachment",
    "x-content-type-options": "nosniff",
  },
  ping: "",
  end: "",
  item: (reader, answer) => reader.bytes(answer),
  failure: () => undefined,
};

interface Answer {
  readonly activity?: { readonly position?: string; readonly type?: string } | null;
  /** The event in the format that was asked for, one line. */
  readonly text?: string;
}

/** An answer with an event in it is that event: its position is the id to resume from, its type the event's name. */
function eventOf(json: JsonValue): { readonly text: string; readonly id: string; readonly type: string } {
  const { activity, text } = json as Answer;
  if (activity === undefined || activity === null) return { text: JSON.stringify(json), id: "", type: "" };
  const isFormatted = text !== undefined && text !== "";
  return {
    text: isFormatted ? text : JSON.stringify(activity),
    id: activity.position ?? "",
    type: activity.type ?? "",
  };
}
