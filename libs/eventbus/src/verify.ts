import type { EventService } from "@muster/contracts/event";
import type { JetStreamManager } from "@nats-io/jetstream";
import { apiLevel, isMissing } from "./bootstrap.ts";
import { consumerConfig, consumersOf, REVISION, REVISION_KEY, STREAMS, streamConfig, streamOf } from "./streams.ts";

type Config = Readonly<Record<string, unknown>>;

export interface BusFindings {
  /** What the server holds otherwise than declared, in sentences; empty when all is well. */
  readonly differences: readonly string[];
  /** A later release has declared the bus: this one is about to be replaced, and serves until then. */
  readonly isLater: boolean;
}

/**
 * Compares the bus with what is declared: the service's own stream and the consumers it listens with. A stream may have more
 * replicas than asked for, but not fewer; how much it keeps is the bootstrap step's alone.
 */
export async function verifyBus(
  manager: JetStreamManager,
  service: EventService,
  replicas: number,
): Promise<BusFindings> {
  const { name } = STREAMS[service];
  const {
    max_bytes: _,
    metadata: _revision,
    ...declared
  } = streamConfig(STREAMS[service], await apiLevel(manager), {
    replicas,
    maxBytes: 0,
  });
  const own = await heldOf(() => manager.streams.info(name));
  const differences = compare(`stream ${name}`, declared, own?.config);
  for (const consumer of consumersOf(service)) {
    const stream = streamOf(consumer).name;
    const config = (await heldOf(() => manager.consumers.info(stream, consumer)))?.config;
    const { filter_subject: only, filter_subjects: several = [] } = config ?? {};
    const held = config && { ...config, filter_subjects: only === undefined ? several : [only] };
    differences.push(...compare(`consumer ${consumer} of stream ${stream}`, consumerConfig(consumer), held));
  }
  return { differences, isLater: Number(own?.config.metadata?.[REVISION_KEY] ?? 0) > REVISION };
}

/** What the server holds; undefined where it is missing. */
const heldOf = <T>(ask: () => Promise<T>): Promise<T | undefined> =>
  ask().catch((error: unknown) => {
    if (!isMissing(error)) throw error;
    return undefined;
  });

function compare(what: string, declared: Config, held: object | undefined): string[] {
  if (held === undefined) return [`${what} is missing`];
  const found = held as Config;
  return Object.keys(declared)
    .filter((field) => !fits(field, found[field], declared[field]))
    .map((field) => `${what} has ${field} ${inWords(found[field])}, and ${inWords(declared[field])} is declared`);
}

function fits(field: string, held: unknown, declared: unknown): boolean {
  if (field === "num_replicas") return Number(held) >= Number(declared);
  return inWords(held) === inWords(declared);
}

const inWords = (value: unknown): string =>
  Array.isArray(value)
    ? JSON.stringify([...(value as string[])].sort())
    : value === undefined
      ? "unset"
      : JSON.stringify(value);
