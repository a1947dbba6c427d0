import { join } from "node:path";
import { startNats } from "@muster/backing/nats";
import { startPostgres } from "@muster/backing/postgres";
import { makeSecrets } from "../charts/chart-secrets.ts";
import type { SecretContents } from "../charts/pod.ts";

export interface ClusterBacking {
  /** As the superuser. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly secrets: SecretContents;
}

/** Postgres, NATS and the Secrets that let services in, which the chart leaves to whoever installs it. */
export async function startClusterBacking(
  folder: string,
  say: (line: string) => void,
  closing: AsyncDisposableStack,
): Promise<ClusterBacking> {
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), durable: false });
  closing.defer(() => postgres.stop());
  const { secrets, natsConfig } = await makeSecrets(folder, postgres.url, join(folder, "bus-accounts"));
  const nats = await startNats({ dataDir: join(folder, "nats"), config: natsConfig, say });
  closing.defer(() => nats.stop());
  return { databaseUrl: postgres.url, natsUrl: nats.url, secrets };
}
