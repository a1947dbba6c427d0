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
  let isLater = false;
  const differences = await compare(`stream ${name}`, declared, async () => {
    const { config } = await manager.streams.info(name);
    isLater = Number(config.metadata?.[REVISION_KEY] ?? 0) > REVISION;
    return { config };
  });
  for (const consumer of consumersOf(service)) {
    const stream = streamOf(consumer).name;
    differences.push(
      ...(await compare(`consumer ${consumer} of stream ${stream}`, consumerConfig(consumer), async () => {
        const { config } = await manager.consumers.info(stream, consumer);
        const { filter_subject: only, filter_subjects: several = [] } = config;
        return { config: { ...config, filter_subjects: only === undefined ? several : [only] } };
      })),
    );
  }
  return { differences, isLater };
}

async function compare(what: string, declared: Config, ask: () => Promise<{ config: object }>): Promise<string[]> {
  try {
    const held = (await ask()).config as Config;
    return Object.keys(declared)
      .filter((field) => !fits(field, held[field], declared[field]))
      .map((field) => `${what} has ${field} ${inWords(held[field])}, and ${inWords(declared[field])} is declared`);
  } catch (error) {
    if (!isMissing(error)) throw error;
    return [`${what} is missing`];
  }
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
