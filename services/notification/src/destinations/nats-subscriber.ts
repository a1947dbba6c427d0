import type { EventFormat } from "@muster/event-formats/render";
import { JetStreamApiError, type JetStreamClient, jetstream } from "@nats-io/jetstream";
import { headers, type MsgHdrs } from "@nats-io/transport-node";
import { type ItemOutcome, type OutgoingEvent, TAKEN } from "../domain/outgoing-event.ts";
import { type Position, parsePosition } from "../domain/position.ts";
import { DURABLE, PAYLOAD_BYTES, STREAM } from "../subscribers/subscriber-account.ts";
import type { OpenAccount } from "../subscribers/subscriber-accounts.ts";
import type { SubscriberBuffer, SubscriberFeed } from "../usecases/subscriber-ports.ts";
import { type Destination, DestinationError } from "./destination.ts";

export interface NatsSubscriberOptions {
  readonly account: OpenAccount;
  /** The secret subject under which the stream takes events in. */
  readonly intake: string;
  readonly bufferBytes: number;
  readonly format: EventFormat;
  /** Counts replays: what was sent before a replay is no repetition after it. */
  readonly round: number;
}

const POSITION_HEADER = "muster-position";
/** What headers and the stream's own bookkeeping add to an event, at most. */
const OVERHEAD_BYTES = 1_500;
const FULL_AGAIN_MS = 1_000;
const PUBLISH_WITHIN_MS = 5_000;
const NO_MESSAGE = 10037;

const CONTENT_TYPES: Readonly<Record<EventFormat, string>> = {
  cloudevents: "application/cloudevents+json",
  ocsf: "application/json",
  ecs: "application/json",
  cef: "text/plain; charset=utf-8",
};

/**
 * Brings events into the stream of a subscriber of the bus. It sends no more than there is room for, so that the order is
 * kept however full the stream is.
 */
export class NatsSubscriber implements Destination, SubscriberFeed {
  readonly #options: NatsSubscriberOptions;
  readonly #jetstream: JetStreamClient;
  readonly isNew: boolean;
  readonly closed: Promise<void>;

  constructor(options: NatsSubscriberOptions) {
    this.isNew = options.account.isNew;
    this.closed = options.account.connection.closed().then(() => undefined);
    this.#options = options;
    this.#jetstream = jetstream(options.account.connection, { timeout: PUBLISH_WITHIN_MS });
  }

  async send(events: readonly OutgoingEvent[]): Promise<readonly ItemOutcome[]> {
    try {
      const { state } = await this.#options.account.manager.streams.info(STREAM);
      let room = this.#options.bufferBytes - state.bytes;
      return await Promise.all(
        events.map(async (event) => {
          const size = Buffer.byteLength(event.text) + OVERHEAD_BYTES;
          if (size > PAYLOAD_BYTES) return TOO_LARGE;
          room -= size;
          if (room < 0) return FULL;
          await this.#publish(event);
          return TAKEN;
        }),
      );
    } catch (cause) {
      const message = `the bus did not take events: ${(cause as Error).message}`;
      throw new DestinationError(message, { retryable: true, cause });
    }
  }

  /** What waits now. */
  async buffer(): Promise<SubscriberBuffer> {
    const { manager } = this.#options.account;
    const [{ state }, consumer] = await Promise.all([
      manager.streams.info(STREAM),
      manager.consumers.info(STREAM, DURABLE),
    ]);
    // The client's types say a number; servers say a time in RFC 3339.
    const { last_active: settledAt } = consumer.ack_floor as unknown as { readonly last_active?: string };
    return {
      events: state.messages,
      bytes: state.bytes,
      unsettled: consumer.num_ack_pending,
      settledAt: settledAt === undefined ? undefined : new Date(settledAt),
      oldest: state.messages === 0 ? undefined : await this.#positionAt(state.first_seq),
    };
  }

  /** Takes away all that waits, before a replay. */
  async empty(): Promise<void> {
    await this.#options.account.manager.streams.purge(STREAM);
  }

  isClosed(): boolean {
    return this.#options.account.connection.isClosed();
  }

  close(): Promise<void> {
    return this.#options.account.connection.close();
  }

  async #publish(event: OutgoingEvent): Promise<void> {
    const { intake, round } = this.#options;
    const [, service, , name] = event.type.split(".");
    await this.#jetstream.publish(`${intake}.${event.tenant}.${service}.${name}`, event.text, {
      msgID: round === 0 ? event.id : `${event.id}.${round}`,
      headers: this.#headers(event, service ?? ""),
    });
  }

  #headers(event: OutgoingEvent, service: string): MsgHdrs {
    const values = headers();
    values.set("ce-specversion", "1.0");
    values.set("ce-id", event.id);
    values.set("ce-type", event.type);
    values.set("ce-source", `/muster/${service}`);
    values.set("ce-time", event.time.toISOString());
    if (event.deviceId !== "") values.set("ce-subject", event.deviceId);
    values.set("content-type", CONTENT_TYPES[this.#options.format]);
    values.set(POSITION_HEADER, event.position);
    return values;
  }

  /** Undefined when the message was settled just now. */
  async #positionAt(sequence: number): Promise<Position | undefined> {
    try {
      const message = await this.#options.account.manager.streams.getMessage(STREAM, { seq: sequence });
      return parsePosition(message?.header.get(POSITION_HEADER) ?? "");
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === NO_MESSAGE) return undefined;
      throw error;
    }
  }
}

const FULL: ItemOutcome = { kind: "retry", reason: "the subscriber's stream is full", afterMs: FULL_AGAIN_MS };
const TOO_LARGE: ItemOutcome = { kind: "refused", reason: `with its headers it has more than ${PAYLOAD_BYTES} bytes` };
