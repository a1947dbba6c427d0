import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats } from "@muster/backing/nats";
import { bootstrapBus } from "@muster/eventbus/bootstrap";
import { connectBus } from "@muster/eventbus/connection";
import { createLogger } from "@muster/host/logging";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";

/** Streams that fit on any disk. */
export const SMALL_STREAMS = { replicas: 1, maxBytes: 64 * 1024 ** 2 };

export interface TestBus {
  readonly url: string;
  readonly bus: NatsConnection;
  stop(): Promise<void>;
}

/** A NATS server of its own for one test file, with all declared streams and consumers. */
export async function startTestBus(): Promise<TestBus> {
  await using starting = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "muster-test-nats-"));
  starting.defer(() => rm(dataDir, { recursive: true, force: true }));
  const server = await startNats({ dataDir });
  starting.defer(() => server.stop());
  const bus = await connectBus(server.url, "test", createLogger("test", "silent"));
  starting.defer(() => bus.close());
  await bootstrapBus(await jetstreamManager(bus), SMALL_STREAMS);
  const running = starting.move();
  return { url: server.url, bus, stop: () => running.disposeAsync() };
}
