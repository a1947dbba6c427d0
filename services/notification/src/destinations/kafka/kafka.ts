import {
  type KafkaDestination as Configuration,
  SaslMechanism,
} from "@muster/contracts/gen/muster/notification/v1/sink";
import type { ItemOutcome, OutgoingEvent } from "../../domain/outgoing-event.ts";
import { refuse } from "../../domain/refusals.ts";
import type { Destination } from "../destination.ts";
import type { DestinationKind, OpenContext } from "../kind.ts";
import { checkTls, TLS_SECRETS } from "../tls.ts";
import type { TopicWriter } from "./topic-writer.ts";

const BROKER = /^(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9._-]{1,253}):\d{1,5}$/;
// Kafka, org.apache.kafka.common.internals.Topic.
const TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

export const kafka: DestinationKind<Configuration> = {
  secrets: ["password", ...TLS_SECRETS],
  // A topic takes batches of 1 MB unless it says otherwise. One at a time: a device's events keep their order.
  batching: { maxEvents: 1_000, maxBytes: 900_000, lingerMs: 50, inFlight: 1 },
  check: ({ brokers, topic, saslMechanism, username, password, plaintext, tls }) => {
    const refuseUnless = (holds: boolean, message: string) => {
      if (!holds) throw refuse("sink.bad_destination", message);
    };
    refuseUnless(
      brokers.length > 0 && brokers.every((broker) => BROKER.test(broker)),
      "kafka.brokers are hosts with ports such as broker.example:9093",
    );
    refuseUnless(TOPIC.test(topic), "kafka.topic has up to 249 letters, digits and . _ -");
    const isSignedIn = saslMechanism !== SaslMechanism.SASL_MECHANISM_UNSPECIFIED;
    refuseUnless(
      (username !== "") === isSignedIn && (password !== "") === isSignedIn,
      "kafka.saslMechanism, kafka.username and kafka.password go together",
    );
    refuseUnless(!plaintext || tls === undefined, "kafka.tls is of no use with kafka.plaintext");
    checkTls(tls);
  },
  hosts: ({ brokers }) => brokers.map((broker) => broker.replace(/:\d+$/, "").replace(/^\[|\]$/g, "")),
  open: (configuration, context) => new Kafka(configuration, context),
};

/** A topic. Kafka's client takes 60 MB and a second to load, which is spent only where there is such a sink. */
class Kafka implements Destination {
  readonly #load: () => Promise<TopicWriter>;
  #writer: Promise<TopicWriter> | undefined;

  constructor(configuration: Configuration, context: OpenContext) {
    this.#load = async () => new (await import("./topic-writer.ts")).TopicWriter(configuration, context);
  }

  async send(events: readonly OutgoingEvent[]): Promise<readonly ItemOutcome[]> {
    this.#writer ??= this.#load();
    return (await this.#writer).send(events);
  }

  async close(): Promise<void> {
    await (await this.#writer)?.close();
  }
}
