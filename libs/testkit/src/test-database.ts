import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@muster/backing/postgres";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { migrate } from "@muster/postgres/migrate";
import { openPool } from "@muster/postgres/pool";
import { ServiceDatabase } from "@muster/postgres/service-database";
import { Client, type Pool } from "pg";

export interface TestDatabase<DB> {
  /** As the service's own role. */
  readonly url: string;
  /** As the owner of the schema. */
  readonly adminUrl: string;
  readonly pool: Pool;
  readonly database: ServiceDatabase<DB>;
  /** Runs a statement as the owner, past row-level security. */
  asOwner(statement: string): Promise<void>;
  stop(): Promise<void>;
}

const PASSWORD = "only-for-tests";

/**
 * A database of its own for one test file, migrated, used through the service's own role as in production. Where it matters when
 * which event is seen it has a server of its own too: what is open in any database of a server holds back the events of all.
 */
export async function startTestDatabase<DB>(
  service: string,
  migrations: string,
  server: "shared" | "own" = "shared",
): Promise<TestDatabase<DB>> {
  await using starting = new AsyncDisposableStack();
  const postgres = await postgresServer(server);
  starting.defer(() => postgres.stop());
  const name = `test_${randomBytes(6).toString("hex")}`;
  await asAdmin(postgres.url, `create database ${name}`);
  starting.defer(() => asAdmin(postgres.url, `drop database ${name} with (force)`));
  const adminUrl = new URL(postgres.url);
  adminUrl.pathname = `/${name}`;
  await migrate({ adminUrl: adminUrl.href, service, password: PASSWORD, migrations });
  const url = new URL(adminUrl);
  url.username = `muster_${service}`;
  url.password = PASSWORD;
  const log = createLogger("test", "silent");
  const pool = openPool({ url: url.href, schema: service, log, lifecycle: new Lifecycle(log) });
  starting.defer(() => (pool.ended ? undefined : pool.end()));
  const running = starting.move();
  return {
    url: url.href,
    adminUrl: adminUrl.href,
    pool,
    database: new ServiceDatabase<DB>(pool),
    asOwner: (statement) => asAdmin(adminUrl.href, statement),
    stop: () => running.disposeAsync(),
  };
}

interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The server that the test run brought, or one for this file alone. */
async function postgresServer(whose: "shared" | "own"): Promise<TestServer> {
  const url = process.env["MUSTER_TEST_DATABASE_URL"];
  if (whose === "shared" && url !== undefined && url !== "") return { url, stop: async () => undefined };
  const dataDir = await mkdtemp(join(tmpdir(), "muster-test-postgres-"));
  const server = await startPostgres({ dataDir, durable: false });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
