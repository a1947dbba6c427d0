import { join } from "node:path";
import { startNats } from "@muster/backing/nats";
import { startPostgres } from "@muster/backing/postgres";
import type { Ports } from "./ports.ts";
import type { Step } from "./progress.ts";

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
  readonly pids: Readonly<Record<string, number>>;
}

/** Postgres and NATS: ours, unless others are given. */
export async function startBacking(inputs: BackingInputs): Promise<Backing> {
  const { dataDir, ports, durable, step, say, closing } = inputs;
  const pids: Record<string, number> = {};
  let { databaseUrl, natsUrl } = inputs;
  if (databaseUrl === undefined) {
    const postgres = await step("Postgres", () =>
      startPostgres({ dataDir: join(dataDir, "postgres"), port: ports.postgres, durable }),
    );
    closing.defer(() => postgres.stop());
    databaseUrl = postgres.url;
    pids["postgres"] = postgres.pid;
  }
  if (natsUrl === undefined) {
    const nats = await step("NATS", () =>
      startNats({ dataDir: join(dataDir, "nats"), port: ports.nats, monitorPort: ports.natsMonitor, say }),
    );
    closing.defer(() => nats.stop());
    natsUrl = nats.url;
    pids["nats"] = nats.pid;
  }
  return { databaseUrl, natsUrl, pids };
}
