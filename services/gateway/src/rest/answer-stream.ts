import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { RestRoute } from "@muster/contracts/rest";
import { HTTP_STATUS } from "@muster/host/http-status";
import type { Logger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Principal } from "../domain/principal.ts";
import type { ResponseReader } from "./response-json.ts";
import { formatOf, type StreamFormat } from "./stream-format.ts";
import type { Upstream } from "./upstream.ts";

export interface StreamInput {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly route: RestRoute;
  readonly reader: ResponseReader;
  readonly upstream: Upstream;
  readonly message: Buffer;
  readonly principal: Principal;
  /** Fails with a refusal when whoever listens may not any more. */
  readonly admitAgain: () => Promise<void>;
}

/** How long an answer may still be a refusal with a status of its own; a stream that is silent longer has begun. */
const FIRST_ANSWER_MS = 250;

/** How often a silent stream shows that it lives, and whether its caller still may listen is asked again. */
const PING_MS = 15_000;

/** Sends streaming methods' answers as they come: no faster than the client reads, and no longer than it listens. */
export class AnswerStreams {
  readonly #log: Logger;
  readonly #open = new Set<AbortController>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Ends all streams; their clients take up where they were, elsewhere. */
  stop(): void {
    for (const stream of this.#open) stream.abort();
  }

  async send({ request, reply, route, reader, upstream, message, principal, admitAgain }: StreamInput): Promise<void> {
    const out = reply.raw;
    const format = formatOf(request, reader);
    const leaving = new AbortController();
    const leave = () => leaving.abort();
    out.once("close", leave);
    this.#open.add(leaving);
    const answers = upstream.stream(route.rpc, message, principal, leaving.signal);
    try {
      const first = answers.next();
      await Promise.race([first, delay(FIRST_ANSWER_MS, undefined, { ref: false })]);
      begin(reply, format);
      const ping = setInterval(() => {
        if (format.ping !== "" && !out.writableNeedDrain) out.write(format.ping);
        void mayListen(admitAgain).then((may) => may || leave());
      }, PING_MS);
      try {
        await pump(first, answers, (answer) => format.item(reader, answer), out, leaving.signal);
      } finally {
        clearInterval(ping);
      }
      out.end(leaving.signal.aborted ? "" : format.end);
    } catch (error) {
      if (!out.headersSent) throw error;
      this.#tellFailure(out, format, error);
    } finally {
      this.#open.delete(leaving);
      out.off("close", leave);
      leaving.abort();
    }
  }

  #tellFailure(out: ServerResponse, format: StreamFormat, error: unknown): void {
    if (!(error instanceof Refusal)) this.#log.error({ err: error }, "stream failed");
    const problem =
      error instanceof Refusal
        ? { status: HTTP_STATUS[error.kind], code: error.code, detail: error.message }
        : { status: 500, code: "http.internal", detail: "the stream failed here; it can be asked for again" };
    const text = format.failure({ type: "about:blank", title: problem.code, ...problem });
    // Bytes cannot say that they are not whole; a connection that breaks does.
    if (text === undefined) out.destroy();
    else out.end(text);
  }
}

async function mayListen(admitAgain: StreamInput["admitAgain"]): Promise<boolean> {
  try {
    await admitAgain();
    return true;
  } catch (error) {
    // A database that is away, or a caller in a hurry, is no reason to end what was allowed.
    return !(error instanceof Refusal && (error.kind === "unauthenticated" || error.kind === "forbidden"));
  }
}

function begin(reply: FastifyReply, format: StreamFormat): void {
  reply.hijack();
  const set = Object.fromEntries(
    Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  reply.raw.writeHead(200, { ...set, ...format.headers });
  reply.raw.flushHeaders();
}

async function pump(
  first: Promise<IteratorResult<Uint8Array>>,
  answers: AsyncGenerator<Uint8Array>,
  write: (answer: Uint8Array) => string | Uint8Array,
  out: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  for (let next = await first; next.done !== true; next = await answers.next()) {
    if (signal.aborted) return;
    if (!out.write(write(next.value))) await once(out, "drain", { signal }).catch(() => undefined);
  }
}
