import { type EventService, subjectOf } from "@muster/contracts/event";
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
  type PubAck,
} from "@nats-io/jetstream";
import { type NatsConnection, nuid } from "@nats-io/transport-node";
import { isMissing, restoreStream } from "./bootstrap.ts";
import { headersOf } from "./event-message.ts";
import { OUT_OF_TURN_HEADER, type PublishableEvent } from "./publish.ts";
import { startPublishSpans } from "./publish-spans.ts";
import type { StreamSize } from "./stream-size.ts";
import { STREAMS } from "./streams.ts";

/** Where a stream ends. */
export interface StreamEnd {
  readonly sequence: number;
  /** The id of its last event; undefined when there is none, or it was published out of turn. */
  readonly eventId: string | undefined;
}

/** The stream does not end where the publisher thought: somebody else has published, or it lost its end. */
export class StreamMoved extends Error {
  override readonly name = "StreamMoved";
}

/** ADR-50 of NATS: the server takes no larger atomic batch. */
export const LARGEST_BATCH = 1_000;
/**
 * The server stages each batch in a folder of its own, which costs about as much as it saves with so many events of which only
 * the last is acknowledged.
 */
const SMALLEST_BATCH = 256;
/** What the server stages of one batch, at most about. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** How many events are published singly at once. */
const WINDOW = 256;
const TIMEOUT_MS = 5_000;
const WRONG_LAST_MESSAGE_ID = 10_070;
const MOVED: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
  WRONG_LAST_MESSAGE_ID,
]);

/**
 * The writing end of one service's stream. Each publish names the message after which its events have to stand
 * (Nats-Expected-Last-Sequence, or -Msg-Id), and the server refuses all that does not fit: of two publishers that believe to be the
 * only one, one has to read anew where the stream ends. So nothing overtakes, and nothing is sent twice by mistake.
 */
export class RelayedStream {
  readonly #bus: NatsConnection;
  readonly #service: EventService;
  #manager: JetStreamManager | undefined;
  #takesBatches = false;
  /** What was sent last was not taken: what comes next is acknowledged one by one, so that it shows why. */
  #wary = false;
  readonly #size: StreamSize;

  /** `size` is for making it anew. */
  constructor(bus: NatsConnection, service: EventService, size: StreamSize) {
    this.#bus = bus;
    this.#service = service;
    this.#size = size;
  }

  /** Where the stream ends, from its leader; undefined when there is no such stream. */
  async end(): Promise<StreamEnd | undefined> {
    const { name } = STREAMS[this.#service];
    try {
      const { streams } = await this.#api();
      const { config, state } = await streams.info(name);
      this.#takesBatches = config.allow_atomic === true;
      if (state.messages === 0) return { sequence: state.last_seq, eventId: undefined };
      const message = await streams.getMessage(name, { seq: state.last_seq });
      const inTurn = message !== null && !message.header.has(OUT_OF_TURN_HEADER);
      return { sequence: state.last_seq, eventId: inTurn ? message.header.get("ce-id") || undefined : undefined };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Makes the stream anew, as declared. */
  async restore(): Promise<void> {
    await restoreStream(await this.#api(), this.#service, this.#size);
  }

  /**
   * Publishes events in order behind `expected`, and returns the sequence of the last once the server holds all. After
   * a failure any first part of them may be in the stream; StreamMoved says that it was not where it should be.
   */
  async publish(events: readonly PublishableEvent[], expected: number, singly: boolean): Promise<number> {
    try {
      const last = await startPublishSpans(events).during(this.#publish(events, expected, singly));
      this.#wary = false;
      return last;
    } catch (error) {
      this.#wary = true;
      throw error;
    }
  }

  async #publish(events: readonly PublishableEvent[], expected: number, singly: boolean): Promise<number> {
    if (singly) return this.#publishSingly(events, expected, 1);
    let last = expected;
    for (const batch of batchesOf(events)) {
      if (this.#takesBatches && batch.length >= SMALLEST_BATCH) last = await this.#publishBatch(batch, last);
      else if (this.#wary) last = await this.#publishSingly(batch, last, WINDOW);
      else last = await this.#publishChain(batch, last);
    }
    return last;
  }

  /** All or none. */
  async #publishBatch(events: readonly PublishableEvent[], expected: number): Promise<number> {
    const batch = nuid.next();
    const messageOf = (event: PublishableEvent, index: number) => {
      const headers = headersOf(event);
      headers.append("Nats-Batch-Id", batch);
      headers.append("Nats-Batch-Sequence", String(index + 1));
      if (index === 0) headers.append("Nats-Expected-Last-Sequence", String(expected));
      return { subject: subjectOf(event.tenant, event.type), headers };
    };
    for (const [index, event] of events.slice(0, -1).entries()) {
      const { subject, headers } = messageOf(event, index);
      this.#bus.publish(subject, event.body, { headers });
    }
    const last = events.at(-1) as PublishableEvent;
    const { subject, headers } = messageOf(last, events.length - 1);
    headers.append("Nats-Batch-Commit", "1");
    const ack = acknowledgementOf(await this.#bus.request(subject, last.body, { headers, timeout: TIMEOUT_MS }));
    if (ack.count !== events.length) throw new Error(`the batch has ${ack.count} of ${events.length} events`);
    return ack.seq;
  }

  /**
   * Only the last of a window is acknowledged: each is bound to the one before it, so that it cannot be there unless all are. One
   * that the server already knows breaks the chain.
   */
  async #publishChain(events: readonly PublishableEvent[], expected: number): Promise<number> {
    let last = expected;
    for (let start = 0; start < events.length; start += WINDOW) {
      const window = events.slice(start, start + WINDOW);
      const behind = (index: number) => window[index - 1]?.id ?? last;
      for (const [index, event] of window.slice(0, -1).entries()) {
        const { headers, subject } = boundMessage(event, behind(index));
        this.#bus.publish(subject, event.body, { headers });
      }
      const ack = await this.#publishOne(window.at(-1) as PublishableEvent, behind(window.length - 1));
      if (ack.duplicate || ack.seq !== last + window.length)
        throw new StreamMoved(`the last of ${window.length} events behind ${last} is at ${ack.seq}`);
      last = ack.seq;
    }
    return last;
  }

  /**
   * So many at once: the first bound to its place, each other to the event before it, so that when one is refused all
   * after it are. (Bound to places counted ahead, a later one would fit by chance where somebody else has published.)
   * One that the server already knows breaks the chain; from there on each waits for the one before.
   */
  async #publishSingly(events: readonly PublishableEvent[], expected: number, window: number): Promise<number> {
    let last = expected;
    for (let start = 0; start < events.length; ) {
      const [place, first] = [last, start];
      const answers = await Promise.allSettled(
        events.slice(start, start + window).map((event, index) => {
          const before = index === 0 ? undefined : events[first + index - 1]?.id;
          return this.#publishOne(event, before ?? place);
        }),
      );
      for (const answer of answers) {
        if (answer.status === "rejected") throw answer.reason;
        start += 1;
        if (answer.value.duplicate) {
          window = 1;
          break;
        }
        last = answer.value.seq;
      }
    }
    return last;
  }

  async #publishOne(event: PublishableEvent, behind: number | string): Promise<PubAck> {
    const { headers, subject } = boundMessage(event, behind);
    return acknowledgementOf(await this.#bus.request(subject, event.body, { headers, timeout: TIMEOUT_MS }));
  }

  async #api(): Promise<JetStreamManager> {
    this.#manager ??= await jetstreamManager(this.#bus);
    return this.#manager;
  }
}

/** `behind` is the sequence or the id of the message that has to be the stream's last. */
function boundMessage(event: PublishableEvent, behind: number | string) {
  const headers = headersOf(event);
  headers.append(`Nats-Expected-Last-${typeof behind === "number" ? "Sequence" : "Msg-Id"}`, String(behind));
  return { subject: subjectOf(event.tenant, event.type), headers };
}

function* batchesOf(events: readonly PublishableEvent[]): Generator<readonly PublishableEvent[]> {
  let start = 0;
  let bytes = 0;
  for (const [index, event] of events.entries()) {
    bytes += event.body.length;
    if (index > start && (bytes > BATCH_BYTES || index - start === LARGEST_BATCH)) {
      yield events.slice(start, index);
      start = index;
      bytes = event.body.length;
    }
  }
  if (start < events.length) yield events.slice(start);
}

function acknowledgementOf(reply: { json<T>(): T }): PubAck & { count?: number } {
  const answer = reply.json<
    PubAck & { count?: number; error?: { code: number; err_code: number; description: string } }
  >();
  if (answer.error === undefined) return answer;
  const { err_code: code, description } = answer.error;
  throw MOVED.has(code) ? new StreamMoved(description) : new JetStreamApiError(answer.error);
}
