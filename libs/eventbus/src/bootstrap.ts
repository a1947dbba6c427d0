import { subjectOf } from "@muster/contracts/event";
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import { CONSUMERS, type ConsumerDeclaration, type ConsumerName, STREAMS, type StreamDeclaration } from "./streams.ts";

const DAY_NS = 24 * 3600 * 1e9;
/** How long a handler may take before the server hands the event to somebody else. */
export const ACK_WAIT_MS = 30_000;

const STREAM_NOT_FOUND = 10059;
const CONSUMER_NOT_FOUND = 10014;

const streamConfig = (declared: StreamDeclaration): Partial<StreamConfig> & { name: string } => ({
  name: declared.name,
  subjects: [...declared.subjects],
  retention: RetentionPolicy.Limits,
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  max_age: declared.maxAgeDays * DAY_NS,
  max_bytes: declared.maxBytes,
  duplicate_window: 120 * 1e9,
});

const consumerConfig = (name: ConsumerName): ConsumerConfig => {
  const declared: ConsumerDeclaration = CONSUMERS[name];
  return {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    ack_wait: ACK_WAIT_MS * 1e6,
    deliver_policy: DeliverPolicy.All,
    // Poison is parked by the consumer itself: the server never gives up on an event.
    max_deliver: -1,
    max_ack_pending: 5_000,
    filter_subjects: declared.types === "all" ? [] : declared.types.map((type) => subjectOf("*", type)),
  } as ConsumerConfig;
};

export interface BootstrapResult {
  readonly created: string[];
  readonly updated: string[];
}

/** Makes the server hold exactly the declared streams and consumers; run by one process at a time. */
export async function bootstrapBus(manager: JetStreamManager, replicas: number): Promise<BootstrapResult> {
  const result: BootstrapResult = { created: [], updated: [] };
  for (const declared of Object.values(STREAMS)) {
    const config = { ...streamConfig(declared), num_replicas: replicas };
    const existed = await exists(() => manager.streams.info(declared.name));
    await (existed ? manager.streams.update(declared.name, config) : manager.streams.add(config));
    (existed ? result.updated : result.created).push(declared.name);
  }
  for (const name of Object.keys(CONSUMERS) as ConsumerName[]) {
    const stream = STREAMS[CONSUMERS[name].stream].name;
    const existed = await exists(() => manager.consumers.info(stream, name));
    await (existed
      ? manager.consumers.update(stream, name, consumerConfig(name))
      : manager.consumers.add(stream, consumerConfig(name)));
    (existed ? result.updated : result.created).push(name);
  }
  return result;
}

/** Puts back one consumer that is missing; a durable that was deleted starts at the first event kept, and the inbox drops what is known. */
export async function restoreConsumer(manager: JetStreamManager, name: ConsumerName): Promise<void> {
  await manager.consumers.add(STREAMS[CONSUMERS[name].stream].name, consumerConfig(name));
}

/** What the server holds otherwise than declared, in sentences; empty when all is well. */
export async function verifyBus(manager: JetStreamManager, service: string): Promise<string[]> {
  const problems: string[] = [];
  for (const name of (Object.keys(CONSUMERS) as ConsumerName[]).filter((each) => each.startsWith(`${service}-`))) {
    const stream = STREAMS[CONSUMERS[name].stream].name;
    try {
      const { config } = await manager.consumers.info(stream, name);
      const held = [
        ...(config.filter_subjects ?? []),
        ...(config.filter_subject ? [config.filter_subject] : []),
      ].sort();
      const wanted = [...(consumerConfig(name).filter_subjects ?? [])].sort();
      if (JSON.stringify(held) !== JSON.stringify(wanted)) problems.push(`consumer ${name} listens to other subjects`);
      if (config.ack_policy !== AckPolicy.Explicit)
        problems.push(`consumer ${name} does not wait for acknowledgements`);
    } catch (error) {
      if (!isMissing(error)) throw error;
      problems.push(`consumer ${name} of stream ${stream} is missing`);
    }
  }
  return problems;
}

export const isMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError && [STREAM_NOT_FOUND, CONSUMER_NOT_FOUND].includes(error.code);

async function exists(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
