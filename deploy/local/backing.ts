import { join } from "node:path";
import { startNats } from "@muster/backing/nats";
import { startPostgres } from "@muster/backing/postgres";
import type { ServerProcess } from "@muster/backing/server-process";
import { openPlatformKeys, type PlatformKeyFiles } from "@muster/bus-accounts/platform-keys";
import type { Ports } from "./ports.ts";
import type { Step } from "./progress.ts";
import { keepRunning, type SupervisedProcess } from "./supervise.ts";

export interface BackingInputs {
  readonly dataDir: string;
  readonly ports: Ports;
  readonly durable: boolean;
  /** Servers of one's own, used instead of ours. */
  readonly databaseUrl?: string;
  readonly natsUrl?: string;
  readonly step: Step;
  readonly say: (line: string) => void;
  readonly closing: AsyncDisposableStack;
}

export interface Backing {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Those that are ours. */
  readonly servers: { readonly postgres?: SupervisedProcess; readonly nats?: SupervisedProcess };
  /** Of a NATS of our own; somebody else's is used without credentials. */
  readonly natsKeys: PlatformKeyFiles | undefined;
}

/** Postgres and NATS: ours, unless others are given. */
export async function startBacking(inputs: BackingInputs): Promise<Backing> {
  const { dataDir, ports, durable, step, say, closing } = inputs;
  let { databaseUrl, natsUrl } = inputs;
  const servers: { postgres?: SupervisedProcess; nats?: SupervisedProcess } = {};
  if (databaseUrl === undefined) {
    const folder = join(dataDir, "postgres");
    const kept = keptUrl(() => startPostgres({ dataDir: folder, port: ports.postgres, durable }));
    const logFile = join(folder, "postgres.log");
    servers.postgres = await step("Postgres", () => keepRunning({ name: "postgres", logFile, ...kept }, say));
    closing.defer(() => servers.postgres?.stop());
    databaseUrl = kept.url();
  }
  let natsKeys: PlatformKeyFiles | undefined;
  if (natsUrl === undefined) {
    const folder = join(dataDir, "nats");
    natsKeys = await openPlatformKeys({
      folder: join(dataDir, "secrets", "nats"),
      accountsDir: join(folder, "accounts"),
      now: new Date(),
    });
    const { nats: port, natsMonitor: monitorPort } = ports;
    const config = natsKeys.serverConfig;
    const kept = keptUrl(() => startNats({ dataDir: folder, port, monitorPort, config, say }));
    const logFile = join(folder, "nats.log");
    servers.nats = await step("NATS", () => keepRunning({ name: "nats", logFile, ...kept }, say));
    closing.defer(() => servers.nats?.stop());
    natsUrl = kept.url();
  }
  return { databaseUrl, natsUrl, natsKeys, servers };
}

/** A server that is started again at the same address; the one before gives up its folder first. */
function keptUrl<Server extends ServerProcess & { readonly url: string }>(
  start: () => Promise<Server>,
): { start: () => Promise<Server>; url: () => string } {
  let latest: Server | undefined;
  return {
    start: async () => {
      await latest?.stop();
      latest = await start();
      return latest;
    },
    url: () => latest?.url ?? "",
  };
}
