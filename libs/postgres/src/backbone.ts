import { restoreMissing } from "@muster/eventbus/bootstrap";
import { openBus } from "@muster/eventbus/connection";
import { STREAM_SIZE, streamSizeOf } from "@muster/eventbus/stream-size";
import { publishes } from "@muster/eventbus/streams";
import { verifyBus } from "@muster/eventbus/verify";
import { readEnvironment, text, wholeNumber } from "@muster/host/environment";
import type { Host } from "@muster/host/service";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Pool } from "pg";
import { startMaintenance } from "./maintenance.ts";
import { requiredMigrations } from "./migrate.ts";
import { openPool } from "./pool.ts";
import { Relay } from "./relay/relay.ts";
import { openOutboxDoor } from "./repair/outbox-door.ts";
import { ServiceDatabase } from "./service-database.ts";

export interface Backbone<DB> {
  readonly pool: Pool;
  readonly database: ServiceDatabase<DB>;
  readonly bus: NatsConnection;
}

/** Opens a service's schema and the bus, checks that both are what the code needs, and starts the relay between them. */
export async function openBackbone<DB>(
  { service, log, lifecycle, env }: Host,
  migrations: string,
): Promise<Backbone<DB>> {
  if (!publishes(service)) throw new Error(`no stream is declared for ${service}`);
  const config = readEnvironment(env, {
    databaseUrl: ["MUSTER_DATABASE_URL", text],
    natsUrl: ["MUSTER_NATS_URL", text],
    natsCredentials: ["MUSTER_NATS_CREDENTIALS", text, ""],
    ...STREAM_SIZE,
    outboxDays: ["MUSTER_OUTBOX_DAYS", wholeNumber, 4],
  });
  const pool = openPool({ url: config.databaseUrl, schema: service, log, lifecycle });
  await checkSchema(pool, migrations);
  const bus = await openBus(config.natsUrl, service, log, lifecycle, config.natsCredentials);
  const manager = await jetstreamManager(bus);
  const restored = await restoreMissing(manager, service, streamSizeOf(config));
  if (restored.length > 0) log.warn({ restored }, "put back what the bus had lost");
  const { differences, isLater } = await verifyBus(manager, service, config.replicas);
  if (differences.length > 0 && !isLater) {
    throw new Error(
      `the bus is not as declared: ${differences.join("; ")}. Run the bootstrap step (libs/eventbus/src/bootstrap-main.ts)`,
    );
  }
  // What a consumer is told no longer, and this release wants to hear, it hears when it compares (docs/decisions/0011).
  if (differences.length > 0) log.warn({ differences }, "the bus is as a later release declares it");
  const database = new ServiceDatabase<DB>(pool);
  const relay = new Relay({ service, pool, bus, streamSize: streamSizeOf(config), log });
  database.onEmitted(() => {
    relay.wake();
    // The relay may work in another replica; a lost ping costs a second.
    bus.publish(`wake.relay.${service}`);
  });
  bus.subscribe(`wake.relay.${service}`, { callback: () => relay.wake() });
  relay.start(lifecycle);
  openOutboxDoor({ service, pool, bus, keptDays: config.outboxDays, log });
  startMaintenance(pool, config.outboxDays, log, lifecycle);
  return { pool, database, bus };
}

async function checkSchema(pool: Pool, migrations: string): Promise<void> {
  const { rows } = await pool.query<{ name: string }>("select name from schema_migrations");
  const done = new Set(rows.map((row) => row.name));
  const missing = (await requiredMigrations(migrations)).filter((name) => !done.has(name));
  if (missing.length > 0) {
    throw new Error(`the schema lacks ${missing.join(", ")}. Run the migration step of this release first`);
  }
}
