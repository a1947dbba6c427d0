import { join } from "node:path";
import { startNats } from "@muster/backing/nats";
import { startPostgres } from "@muster/backing/postgres";
import type { ServerProcess } from "@muster/backing/server-process";
import { openPlatformKeys, type PlatformKeyFiles } from "@muster/bus-accounts/platform-keys";
import type { Ports } from "./ports.ts";
import type { Step } from "./progress.ts";
import { keepRunning, type SupervisedProcess } from "./supervise.ts";
import { together } from "./together.ts";

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
  const { databaseUrl, natsUrl, closing } = inputs;
  const servers: { postgres?: SupervisedProcess; nats?: SupervisedProcess } = {};
  closing.defer(() => servers.postgres?.stop());
  closing.defer(() => servers.nats?.stop());
  const [ownDatabaseUrl, ownNats] = await together(
    databaseUrl === undefined ? startOwnPostgres(inputs, servers) : Promise.resolve(undefined),
    natsUrl === undefined ? startOwnNats(inputs, servers) : Promise.resolve(undefined),
  );
  return {
    databaseUrl: databaseUrl ?? ownDatabaseUrl ?? "",
    natsUrl: natsUrl ?? ownNats?.url ?? "",
    natsKeys: ownNats?.keys,
    servers,
  };
}

async function startOwnPostgres(
  { dataDir, ports, durable, step, say }: BackingInputs,
  servers: { postgres?: SupervisedProcess },
): Promise<string> {
  const folder = join(dataDir, "postgres");
  const kept = keptUrl(() => startPostgres({ dataDir: folder, port: ports.postgres, durable }));
  const logFile = join(folder, "postgres.log");
  servers.postgres = await step("Postgres", () => keepRunning({ name: "postgres", logFile, ...kept }, say));
  return kept.url();
}

async function startOwnNats(
  { dataDir, ports, step, say }: BackingInputs,
  servers: { nats?: SupervisedProcess },
): Promise<{ readonly url: string; readonly keys: PlatformKeyFiles }> {
  const folder = join(dataDir, "nats");
  const keys = await openPlatformKeys({
    folder: join(dataDir, "secrets", "nats"),
    accountsDir: join(folder, "accounts"),
    now: new Date(),
  });
  const { nats: port, natsMonitor: monitorPort } = ports;
  const config = keys.serverConfig;
  const kept = keptUrl(() => startNats({ dataDir: folder, port, monitorPort, config, say }));
  const logFile = join(folder, "nats.log");
  servers.nats = await step("NATS", () => keepRunning({ name: "nats", logFile, ...kept }, say));
  return { url: kept.url(), keys };
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
