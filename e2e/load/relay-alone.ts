import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataFolder } from "@muster/backing/data-folder";
import { startNats } from "@muster/backing/nats";
import { startPostgres } from "@muster/backing/postgres";
import { bootstrapBus } from "@muster/eventbus/bootstrap";
import { migrate } from "@muster/postgres/migrate";
import { startRelayProcess } from "@muster/testkit/relay-process";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";

export interface RelayAlone {
  /** As the superuser. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly pids: Readonly<Record<"relay" | "postgres" | "nats", number>>;
  stop(): Promise<void>;
}

const PASSWORD = "only-for-load";

/** A Postgres that waits for its disk, a NATS and a relay, each a process of its own, and nothing else. */
export async function startRelayAlone(): Promise<RelayAlone> {
  await using closing = new AsyncDisposableStack();
  const folder = join(tmpdir(), `muster-load-relay-${process.pid}`);
  await dataFolder(folder, { traversable: true });
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), durable: true });
  closing.defer(() => postgres.stop());
  const nats = await startNats({ dataDir: join(folder, "nats") });
  closing.defer(() => nats.stop());
  // A folder without migrations: the backbone's own are all that it takes.
  await migrate({ adminUrl: postgres.url, service: "enrollment", password: PASSWORD, migrations: folder });
  const bus = await connect({ servers: nats.url });
  await bootstrapBus(await jetstreamManager(bus), { replicas: 1, maxBytes: 8 * 1024 ** 3 });
  await bus.close();
  const url = new URL(postgres.url);
  [url.username, url.password] = ["muster_enrollment", PASSWORD];
  const relay = await startRelayProcess({ databaseUrl: url.href, natsUrl: nats.url });
  closing.defer(async () => void (await relay.end("SIGTERM")));
  const everything = closing.move();
  return {
    databaseUrl: postgres.url,
    natsUrl: nats.url,
    pids: { relay: relay.child.pid ?? 0, postgres: postgres.pid, nats: nats.pid },
    stop: () => everything.disposeAsync(),
  };
}
