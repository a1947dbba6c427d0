import {
  type KafkaDestination as Configuration,
  KafkaCompression,
  SaslMechanism,
} from "@muster/contracts/gen/muster/notification/v1/sink";
import type { EventFormat } from "@muster/event-formats/render";
import { type CompressionAlgorithmValue, compatibilityPartitioner, type SASLMechanismValue } from "@platformatic/kafka";
import { type ItemOutcome, type OutgoingEvent, TAKEN } from "../../domain/outgoing-event.ts";
import { DestinationError } from "../destination.ts";
import type { OpenContext } from "../kind.ts";
import { type EventProducer, guardedProducer } from "./guarded-producer.ts";
import { causeIn, partitionOutcomes } from "./partition-outcomes.ts";
import { keyOf, recordOf } from "./record.ts";

const MECHANISMS: Readonly<Partial<Record<SaslMechanism, SASLMechanismValue>>> = {
  [SaslMechanism.SASL_MECHANISM_PLAIN]: "PLAIN",
  [SaslMechanism.SASL_MECHANISM_SCRAM_SHA_256]: "SCRAM-SHA-256",
  [SaslMechanism.SASL_MECHANISM_SCRAM_SHA_512]: "SCRAM-SHA-512",
};

const COMPRESSIONS: Readonly<Partial<Record<KafkaCompression, CompressionAlgorithmValue>>> = {
  [KafkaCompression.KAFKA_COMPRESSION_NONE]: "none",
  [KafkaCompression.KAFKA_COMPRESSION_GZIP]: "gzip",
  [KafkaCompression.KAFKA_COMPRESSION_SNAPPY]: "snappy",
  [KafkaCompression.KAFKA_COMPRESSION_LZ4]: "lz4",
  [KafkaCompression.KAFKA_COMPRESSION_ZSTD]: "zstd",
};

/** Writes to a topic; an event counts as taken once all replicas that are in step have it. */
export class TopicWriter {
  readonly #topic: string;
  readonly #format: EventFormat;
  readonly #producer: EventProducer;

  constructor(configuration: Configuration, { format, allowed }: OpenContext) {
    const { brokers, topic, saslMechanism, username, password, plaintext, tls, compression } = configuration;
    this.#topic = topic;
    this.#format = format;
    const mechanism = MECHANISMS[saslMechanism];
    this.#producer = guardedProducer({
      brokers,
      tls,
      plaintext,
      sasl: mechanism && { mechanism, username, password },
      compression: COMPRESSIONS[compression] ?? "zstd",
      allowed,
    });
  }

  async send(events: readonly OutgoingEvent[]): Promise<readonly ItemOutcome[]> {
    const outcomes = new Map(await this.#deliver(events));
    return events.map((event) => outcomes.get(event) ?? TAKEN);
  }

  async close(): Promise<void> {
    await this.#producer.close(true);
  }

  /** Answers with what was not taken. Records that are refused together are sent in halves, until the cause stands alone. */
  async #deliver(events: readonly OutgoingEvent[]): Promise<[OutgoingEvent, ItemOutcome][]> {
    const byPartition = Map.groupBy(events, await this.#partitioner());
    const messages = [...byPartition].flatMap(([partition, group]) =>
      group.map((event) => ({
        topic: this.#topic,
        partition,
        timestamp: BigInt(event.time.getTime()),
        ...recordOf(event, this.#format),
      })),
    );
    try {
      await this.#producer.send({ messages });
      return [];
    } catch (error) {
      const known = partitionOutcomes(error);
      if (known.size === 0) throw failure(error);
      const outcomes: [OutgoingEvent, ItemOutcome][] = [];
      for (const [partition, group] of byPartition) {
        const outcome = known.get(partition) ?? { kind: "retry", reason: causeIn(error) };
        if (outcome.kind === "refused" && group.length > 1) {
          const half = Math.ceil(group.length / 2);
          outcomes.push(...(await this.#deliver(group.slice(0, half))), ...(await this.#deliver(group.slice(half))));
        } else if (outcome.kind !== "taken") {
          outcomes.push(...group.map((event): [OutgoingEvent, ItemOutcome] => [event, outcome]));
        }
      }
      return outcomes;
    }
  }

  /** Which partition an event belongs to: the one that Kafka's own clients would choose for its key. */
  async #partitioner(): Promise<(event: OutgoingEvent) => number> {
    const metadata = await this.#producer.metadata({ topics: [this.#topic] }).catch((error: unknown) => {
      throw failure(error);
    });
    const count = metadata.topics.get(this.#topic)?.partitionsCount ?? 1;
    return (event) => compatibilityPartitioner({ topic: this.#topic }, Buffer.from(keyOf(event))) % count;
  }
}

/** Nobody knows what became of the records: the cluster is away, or does not know us or the topic. */
const failure = (cause: unknown): DestinationError => new DestinationError(causeIn(cause), { retryable: true, cause });
