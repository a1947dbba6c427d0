import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataFolder } from "@muster/backing/data-folder";
import { startNats } from "@muster/backing/nats";
import { startPostgres } from "@muster/backing/postgres";
import { GenericContainer, Wait } from "testcontainers";

/** The Postgres and NATS that the integration tests of one run share. */
export interface TestBacking {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  stop(): Promise<void>;
}

export async function embeddedBacking(say: (line: string) => void): Promise<TestBacking> {
  const folder = await mkdtemp(join(tmpdir(), "muster-test-backing-"));
  await dataFolder(folder, { traversable: true });
  const postgres = await startPostgres({ dataDir: join(folder, "postgres"), durable: false });
  const nats = await startNats({ dataDir: join(folder, "nats"), say }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  return {
    databaseUrl: postgres.url,
    natsUrl: nats.url,
    stop: async () => {
      await Promise.all([nats.stop(), postgres.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function containerBacking(): Promise<TestBacking> {
  // Its clean-up container comes from a registry that may be out of reach; we stop what we start ourselves.
  process.env["TESTCONTAINERS_RYUK_DISABLED"] = "true";
  const postgres = await new GenericContainer("postgres:17")
    .withEnvironment({ POSTGRES_USER: "muster", POSTGRES_PASSWORD: "muster" })
    .withExposedPorts(5432)
    .withCommand(["postgres", "-c", "fsync=off", "-c", "max_connections=200"])
    // The image starts it twice: once to set up, once to stay.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  const nats = await new GenericContainer("nats:2")
    .withExposedPorts(4222)
    .withCommand(["-js"])
    .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
    .start()
    .catch(async (error: unknown) => {
      await postgres.stop();
      throw error;
    });
  return {
    databaseUrl: `postgres://muster:muster@${postgres.getHost()}:${postgres.getMappedPort(5432)}/muster`,
    natsUrl: `nats://${nats.getHost()}:${nats.getMappedPort(4222)}`,
    stop: async () => {
      await Promise.all([nats.stop(), postgres.stop()]);
    },
  };
}
