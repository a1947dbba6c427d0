import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, credsAuthenticator } from "@nats-io/transport-node";
import { Client } from "pg";

export interface RelayRateOptions {
  /** As a role that may write the outbox of enrollment. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** File of a user who may see the state of streams; none where everybody may. */
  readonly natsCredentials: string | undefined;
  readonly events: number;
}

const STREAM = "EVT_ENROLLMENT";
const GIVE_UP_MS = 120_000;

/** How many events a second a relay brings from a full outbox to the bus, acknowledged. The outbox is filled at once. */
export async function relayRate(options: RelayRateOptions): Promise<number> {
  const { databaseUrl, natsUrl, natsCredentials, events } = options;
  const database = new Client({ connectionString: databaseUrl });
  const bus = await connect({
    servers: natsUrl,
    ...(natsCredentials !== undefined && { authenticator: credsAuthenticator(await readFile(natsCredentials)) }),
  });
  await database.connect();
  try {
    const manager = await jetstreamManager(bus);
    const held = async () => (await manager.streams.info(STREAM)).state.messages;
    const before = await held();
    const body = JSON.stringify({ code: "load", hostname: "x".repeat(400), refusedAt: new Date().toISOString() });
    await database.query(
      `insert into enrollment.outbox (id, tenant, type, device_id, actor, traceparent, body)
       select gen_random_uuid(), 'default', 'muster.enrollment.v1.EnrollmentRefused', '', '', '', $1
       from generate_series(1, $2::int)`,
      [body, events],
    );
    const startedAt = performance.now();
    while ((await held()) < before + events) {
      if (performance.now() - startedAt > GIVE_UP_MS) throw new Error("the relay did not empty the outbox in time");
      await delay(10);
    }
    return (events * 1_000) / (performance.now() - startedAt);
  } finally {
    await database.end();
    await bus.close();
  }
}
