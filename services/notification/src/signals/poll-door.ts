import type { HttpDoor } from "@muster/host/http-door";
import { refuse } from "../domain/refusals.ts";
import { ownStream } from "../storage/signals/streams.ts";
import { type Poll, type PollDeps, poller } from "../usecases/signals/poll-signals.ts";
import { openReceiverRoutes } from "./receiver-request.ts";

/** How many signals one answer holds at most, and how many one poll settles. */
const MOST_EVENTS = 100;
const MOST_SETTLED = 10_000;

/** Where a receiver fetches its signals: RFC 8936. */
export function openPollDoor(door: HttpDoor, deps: PollDeps, stopping: AbortSignal): void {
  const poll = poller(deps);
  openReceiverRoutes(door, deps, [
    {
      method: "POST",
      path: "/poll/:stream",
      scope: "ssf.read",
      answer: async ({ receiver: { tenant, id }, params, body }, reply) => {
        const stream = await deps.database.tenant(tenant, ({ sql }) => ownStream(sql, tenant, id, params["stream"]));
        if (stream.delivery !== "poll") throw refuse("signal.stream_unknown", "this stream is pushed");
        const gone = new AbortController();
        reply.raw.once("close", () => gone.abort());
        const answer = await poll(stream, pollIn(body), AbortSignal.any([gone.signal, stopping]));
        // The server waits for connections that are kept alive; this one was in use when those that rested were ended.
        if (stopping.aborted) reply.header("connection", "close");
        return answer;
      },
    },
  ]);
}

function pollIn(body: Readonly<Record<string, unknown>>): Poll {
  const { maxEvents = MOST_EVENTS, returnImmediately = false, ack = [], setErrs = {} } = body;
  const isCount = typeof maxEvents === "number" && Number.isSafeInteger(maxEvents) && maxEvents >= 0;
  const isAck = Array.isArray(ack) && ack.length <= MOST_SETTLED && ack.every((jti) => typeof jti === "string");
  const isErrors = typeof setErrs === "object" && setErrs !== null && Object.keys(setErrs).length <= MOST_SETTLED;
  if (!isCount || typeof returnImmediately !== "boolean" || !isAck || !isErrors) {
    throw refuse(
      "signal.bad_request",
      "maxEvents is a number, returnImmediately true or false, ack a list, setErrs an object",
    );
  }
  return {
    maxEvents: Math.min(maxEvents, MOST_EVENTS),
    returnImmediately,
    ack,
    refusals: Object.entries(setErrs).map(([jti, error]) => ({ jti, error: errorText(error) })),
  };
}

function errorText(error: unknown): string {
  const { err, description } = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  return [err, description]
    .filter((part) => typeof part === "string")
    .join(": ")
    .slice(0, 500);
}
