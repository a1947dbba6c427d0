import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, credsAuthenticator, headers, type NatsConnection } from "@nats-io/transport-node";
import { Client } from "pg";
import { usageOf } from "./process-usage.ts";

export interface RelayRateOptions {
  /** As a role that may write the outbox of enrollment. */
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** File of a user who may see the state of streams; none where everybody may. */
  readonly natsCredentials?: string | undefined;
  readonly events: number;
}

export interface RelayRate {
  readonly perSecond: number;
  /** Cores kept busy meanwhile, by process. */
  readonly cores: ReadonlyMap<string, number>;
}

const STREAM = "EVT_ENROLLMENT";
const GIVE_UP_MS = 120_000;
const TRANSACTION = 1_000;
/** With its headers an event is about 600 bytes on the wire. */
const BODY = JSON.stringify({ code: "load", hostname: "x".repeat(180), refusedAt: "2026-01-01T00:00:00.000Z" });

/** How fast a relay brings a full outbox to the bus, acknowledged: it is kept out until all is written. */
export async function drainRate(options: RelayRateOptions, pids: Readonly<Record<string, number>>): Promise<RelayRate> {
  return withServers(options, async (database, bus) => {
    const manager = await jetstreamManager(bus);
    const letIn = await keepRelayOut(options.databaseUrl);
    await fill(database, options.events);
    const before = await held(manager);
    await letIn();
    while ((await held(manager)) === before) await delay(2);
    return measure(manager, before + options.events, pids);
  });
}

/** The office of a relay is an advisory lock: wait for it in line, end its holder's connection, and the office is ours. */
async function keepRelayOut(databaseUrl: string): Promise<() => Promise<void>> {
  const [waiting, ending] = [
    new Client({ connectionString: databaseUrl }),
    new Client({ connectionString: databaseUrl }),
  ];
  await Promise.all([waiting.connect(), ending.connect()]);
  const ours = waiting.query("select pg_advisory_lock('enrollment.outbox_cursor'::regclass::oid::bigint)");
  const holders = "select pid from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid()";
  await ending.query(`select pg_terminate_backend(pid) from (${holders}) as holder`);
  await ours;
  await ending.end();
  return () => waiting.end();
}

/** How many events a second it brings while the outbox is being filled, as fast as one connection can. */
export async function followRate(options: RelayRateOptions): Promise<number> {
  return withServers(options, async (database, bus) => {
    const manager = await jetstreamManager(bus);
    const before = await held(manager);
    const measured = measure(manager, before + options.events, {});
    await fill(database, options.events);
    return (await measured).perSecond;
  });
}

/** What the client's own publish brings to the same server: single events of the same size, 256 in flight. */
export async function barePublishRate({ natsUrl, events }: Omit<RelayRateOptions, "databaseUrl">): Promise<number> {
  const bus = await connect({ servers: natsUrl });
  try {
    const stream = jetstream(bus);
    const startedAt = performance.now();
    for (let sent = 0; sent < events; sent += 256) {
      const window = Array.from({ length: Math.min(256, events - sent) }, () => {
        const values = headers();
        const id = crypto.randomUUID();
        const named = {
          "Nats-Msg-Id": id,
          "ce-specversion": "1.0",
          "ce-id": id,
          "ce-type": "muster.policy.v1.PolicyChanged",
          "ce-source": "/muster/policy",
          "ce-time": new Date().toISOString(),
          "content-type": "application/json",
        };
        for (const [name, value] of Object.entries(named)) values.append(name, value);
        return stream.publish("evt.v1.default.policy.PolicyChanged", BODY, { headers: values });
      });
      await Promise.all(window);
    }
    return (events * 1_000) / (performance.now() - startedAt);
  } finally {
    await bus.close();
  }
}

async function withServers<T>(
  { databaseUrl, natsUrl, natsCredentials }: RelayRateOptions,
  work: (database: Client, bus: NatsConnection) => Promise<T>,
): Promise<T> {
  const database = new Client({ connectionString: databaseUrl });
  const bus = await connect({
    servers: natsUrl,
    ...(natsCredentials !== undefined && { authenticator: credsAuthenticator(await readFile(natsCredentials)) }),
  });
  await database.connect();
  try {
    return await work(database, bus);
  } finally {
    await database.end();
    await bus.close();
  }
}

async function fill(database: Client, events: number): Promise<void> {
  for (let written = 0; written < events; written += TRANSACTION) {
    await database.query(
      `insert into enrollment.outbox (id, tenant, type, device_id, actor, traceparent, body)
       select uuidv7(), 'default', 'muster.enrollment.v1.EnrollmentRefused', '', '', '', $1
       from generate_series(1, $2::int)`,
      [BODY, Math.min(TRANSACTION, events - written)],
    );
  }
}

const held = async (manager: JetStreamManager): Promise<number> => (await manager.streams.info(STREAM)).state.messages;

async function measure(
  manager: JetStreamManager,
  until: number,
  pids: Readonly<Record<string, number>>,
): Promise<RelayRate> {
  const usage = await usageOf(pids);
  const startedAt = performance.now();
  const from = await held(manager);
  while ((await held(manager)) < until) {
    if (performance.now() - startedAt > GIVE_UP_MS) throw new Error("the relay did not empty the outbox in time");
    await delay(10);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const cores = [...(await usageOf(pids))].map(
    ([name, { cpuSeconds }]) => [name, (cpuSeconds - (usage.get(name)?.cpuSeconds ?? 0)) / seconds] as const,
  );
  return { perSecond: (until - from) / seconds, cores: new Map(cores) };
}
