import { subjectOf } from "@muster/contracts/event";
import type { JetStreamClient } from "@nats-io/jetstream";
import { type EventEnvelope, headersOf } from "./event-message.ts";
import { startPublishSpans } from "./publish-spans.ts";

export interface PublishableEvent extends EventEnvelope {
  /** The event's body, proto3 JSON. */
  readonly body: string;
}

/**
 * Marks what was not published by the stream's relay in its turn. A relay reads from the last event of its stream how
 * far it has come; one that is marked says nothing of that.
 */
export const OUT_OF_TURN_HEADER = "Muster-Out-Of-Turn";

/** How many publishes wait for their acknowledgement at once; beyond this the client gains nothing. */
const WINDOW = 256;
const ATTEMPTS = 5;

/**
 * Publishes events out of turn, as a repair does, and waits until the server holds all of them. Each is sent with its
 * id, so that sending again what may already be there does no harm. What a service has to say for the first time goes
 * through its outbox and relay instead.
 */
export async function publishEvents(jetstream: JetStreamClient, events: readonly PublishableEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += WINDOW) {
    const window = events.slice(start, start + WINDOW);
    const spans = startPublishSpans(window);
    await spans.during(Promise.all(window.map((event) => publishOne(jetstream, event))));
  }
}

async function publishOne(jetstream: JetStreamClient, event: PublishableEvent): Promise<void> {
  const headers = headersOf(event);
  headers.append(OUT_OF_TURN_HEADER, "1");
  await jetstream.publish(subjectOf(event.tenant, event.type), event.body, { headers, retries: ATTEMPTS });
}
