import type { EventService } from "@muster/contracts/event";
import { JetStreamApiCodes, JetStreamApiError, type JetStreamManager } from "@nats-io/jetstream";
import type { StreamSize } from "./stream-size.ts";
import {
  CONSUMERS,
  type ConsumerName,
  consumerConfig,
  consumersOf,
  STREAMS,
  streamConfig,
  streamOf,
} from "./streams.ts";

/** NATS server's JSStorageResourcesExceededErr, which the client has no name for. */
const STORAGE_EXCEEDED = 10_047;

export interface BootstrapResult {
  readonly created: string[];
  readonly updated: string[];
}

/** Makes the server hold exactly the declared streams and consumers; run by one process at a time. */
export async function bootstrapBus(manager: JetStreamManager, size: StreamSize): Promise<BootstrapResult> {
  const result: BootstrapResult = { created: [], updated: [] };
  const level = await apiLevel(manager);
  for (const declared of Object.values(STREAMS)) {
    const config = streamConfig(declared, level, size);
    const existed = await exists(() => manager.streams.info(declared.name));
    await fitting(size, existed ? manager.streams.update(declared.name, config) : manager.streams.add(config));
    (existed ? result.updated : result.created).push(declared.name);
  }
  for (const name of Object.keys(CONSUMERS) as ConsumerName[]) {
    const stream = streamOf(name).name;
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
  await manager.consumers.add(streamOf(name).name, consumerConfig(name));
}

/** Puts back the stream of one service when it is missing, empty; its sequence begins anew. */
export async function restoreStream(manager: JetStreamManager, service: EventService, size: StreamSize): Promise<void> {
  await manager.streams.add(streamConfig(STREAMS[service], await apiLevel(manager), size));
}

/**
 * Puts back what a bus lost of what this service looks after, its stream and the consumers it listens with, and returns
 * their names. A bus that knows none of the streams it needs is another bus, or waits for the bootstrap step: nothing is made there.
 */
export async function restoreMissing(
  manager: JetStreamManager,
  service: EventService,
  size: StreamSize,
): Promise<string[]> {
  const own = STREAMS[service].name;
  const consumers = consumersOf(service);
  const present = new Set<string>();
  for (const stream of new Set([own, ...consumers.map((name) => streamOf(name).name)])) {
    if (await exists(() => manager.streams.info(stream))) present.add(stream);
  }
  const restored: string[] = [];
  if (present.size > 0 && !present.has(own)) {
    await restoreStream(manager, service, size);
    restored.push(own);
  }
  for (const name of consumers) {
    const stream = streamOf(name).name;
    if (!present.has(stream) || (await exists(() => manager.consumers.info(stream, name)))) continue;
    await restoreConsumer(manager, name);
    restored.push(name);
  }
  return restored;
}

/** The level of JetStream's API that the server really offers. */
export async function apiLevel(manager: JetStreamManager): Promise<number> {
  const { api } = await manager.getAccountInfo();
  return (api as { level?: number }).level ?? 0;
}

export const isMissing = (error: unknown): boolean =>
  error instanceof JetStreamApiError &&
  (error.code === JetStreamApiCodes.StreamNotFound || error.code === JetStreamApiCodes.ConsumerNotFound);

/** Says what to do when the server's store is too small for the streams. */
async function fitting(size: StreamSize, made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STORAGE_EXCEEDED) throw error;
    const mib = size.maxBytes / 1024 ** 2;
    throw new Error(
      `NATS has no room for ${Object.keys(STREAMS).length} streams of ${mib} MiB: free some disk, raise its max_file_store, or set MUSTER_NATS_STREAM_MIB lower`,
      { cause: error },
    );
  }
}

async function exists(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
