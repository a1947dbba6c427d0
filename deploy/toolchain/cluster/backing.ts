import { once } from "node:events";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { startNats } from "@muster/backing/nats";
import { startPostgres } from "@muster/backing/postgres";
import { openPlatformKeys, type PlatformKeyFiles } from "@muster/bus-accounts/platform-keys";
import { NODE_ADDRESS } from "./network.ts";

/** Postgres and NATS as pods reach them. */
export interface ClusterBacking {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly natsKeys: PlatformKeyFiles;
}

/** Postgres and NATS beside the cluster, which the chart leaves to whoever installs it. */
export async function startClusterBacking(
  folder: string,
  say: (line: string) => void,
  closing: AsyncDisposableStack,
): Promise<ClusterBacking> {
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), durable: false });
  closing.defer(() => postgres.stop());
  const natsKeys = await openPlatformKeys({
    folder: join(folder, "bus-keys"),
    accountsDir: join(folder, "bus-accounts"),
    now: new Date(),
  });
  const nats = await startNats({ dataDir: join(folder, "nats"), config: natsKeys.serverConfig, say });
  closing.defer(() => nats.stop());
  for (const { port } of [postgres, nats]) await openToPods(port, closing);
  const databaseUrl = new URL(postgres.url);
  databaseUrl.hostname = NODE_ADDRESS;
  return { databaseUrl: databaseUrl.href, natsUrl: `nats://${NODE_ADDRESS}:${nats.port}`, natsKeys };
}

/** Our own servers listen on the loopback address, which is each pod's own. */
async function openToPods(port: number, closing: AsyncDisposableStack): Promise<void> {
  const door = createServer((caller) => {
    const server = connect(port, "127.0.0.1");
    caller.pipe(server).pipe(caller);
    caller.on("error", () => server.destroy());
    server.on("error", () => caller.destroy());
  });
  await once(door.listen(port, NODE_ADDRESS), "listening");
  closing.defer(() => void door.close());
}
