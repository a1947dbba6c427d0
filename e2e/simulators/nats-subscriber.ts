import { type ConsumerMessages, type JsMsg, jetstream } from "@nats-io/jetstream";
import { connect, credsAuthenticator, errors, type NatsConnection } from "@nats-io/transport-node";
import { Arrivals } from "./arrivals.ts";

/** What the platform's API tells of a subscriber when it is created. */
export interface SubscriberConnection {
  readonly servers: readonly string[];
  readonly stream: string;
  readonly consumer: string;
  readonly inboxPrefix: string;
  /** The content of the credentials file. */
  readonly credentials: string;
}

/** A CloudEvent in JSON. */
export interface PulledEvent {
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly data: unknown;
}

/** A SIEM that pulls events from the bus with an ordinary NATS client, settles each, and connects again by itself. */
export interface NatsSubscriber {
  readonly events: Arrivals<PulledEvent>;
  /** Resolves with the reason when it is refused the next time. */
  untilRefused(): Promise<string>;
  close(): Promise<void>;
}

export async function startNatsSubscriber(connection: SubscriberConnection): Promise<NatsSubscriber> {
  const client = await connect({
    servers: [...connection.servers],
    authenticator: credsAuthenticator(Buffer.from(connection.credentials)),
    inboxPrefix: connection.inboxPrefix,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 1_000,
    // A bus that lost its accounts refuses everybody until it has them back.
    ignoreAuthErrorAbort: true,
  });
  const events = new Arrivals<PulledEvent>();
  let messages: ConsumerMessages | undefined;
  const pulling = pullUntilClosed(client, connection, events, (opened) => {
    messages = opened;
  });
  return {
    events,
    untilRefused: async () => {
      for await (const status of client.status())
        if (status.type === "error" && status.error instanceof errors.AuthorizationError) return status.error.message;
      return "closed";
    },
    close: async () => {
      messages?.stop();
      await client.close();
      await pulling;
    },
  };
}

async function pullUntilClosed(
  client: NatsConnection,
  { stream, consumer }: SubscriberConnection,
  events: Arrivals<PulledEvent>,
  opened: (messages: ConsumerMessages) => void,
): Promise<void> {
  while (!client.isClosed()) {
    try {
      const messages = await (await jetstream(client).consumers.get(stream, consumer)).consume({
        expires: 2_000,
        abort_on_missing_resource: true,
      });
      opened(messages);
      for await (const message of messages) {
        events.add(message.json<PulledEvent>());
        await settle(message);
      }
    } catch {
      // The bus is away, or has not put back yet what it lost: ask again.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** An event whose settling was lost comes again. */
const settle = (message: JsMsg): Promise<unknown> => message.ackAck().catch(() => undefined);
