import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { Measurements } from "./load-report.ts";
import { countStatements } from "./logged-transaction.ts";
import { spentBy } from "./process-usage.ts";
import { untilQuiet } from "./until-quiet.ts";

export interface QueueTarget {
  /** As a role that may write command's tables. */
  readonly databaseUrl: string;
  /** Where that database logs. */
  readonly databaseLog: string;
  readonly tenant: string;
  /** The processes that work off what was asked. */
  readonly pids: Readonly<Record<string, number>>;
}

export interface QueuedDevice {
  readonly deviceId: string;
  /** The median of its check-ins, one after another, with nothing to do. */
  readonly checkInMs: () => Promise<number>;
  /**
   * Erases the device and enrolls it again. How long it took to introduce itself, from its certificate until its token was taken, and how
   * long its first visit to the command channel.
   */
  readonly enrollAgain: () => Promise<{ readonly introducedMs: number; readonly visitMs: number }>;
}

const FINISHED = [0, 500, 7_500] as const;
const PENDING = 1_000;
/** One of them takes tens of milliseconds, by which a moment of the machine is seen in it: the median of several counts. */
const AGAIN = 7;
const GIVE_UP_MS = 60_000;
const BULK = 100_000;
/** Each leaves a hundred thousand events to be worked off. */
const BULK_ROUNDS = 2;
/** What the request before told goes on being worked off after that, behind what is measured. */
const QUIET_WITHIN_MS = 60_000;

/** What a check-in and a re-enrollment cost a device by what it did before, and what it costs to ask very many at once. */
export async function measureQueue(
  target: QueueTarget,
  device: QueuedDevice,
  enqueue: (deviceIds: readonly string[], identifier: string) => Promise<void>,
  {
    measurements,
    progress,
    rounds,
  }: { measurements: Measurements; progress: (sentence: string) => void; rounds: number },
): Promise<void> {
  const database = new Client({ connectionString: target.databaseUrl, options: "-c search_path=command" });
  await database.connect();
  try {
    let finished = 0;
    for (const wanted of FINISHED) {
      progress(`check-ins of a device with ${wanted} finished commands`);
      await addCommands(database, target, device.deviceId, wanted - finished, "acknowledged");
      finished = wanted;
      measurements.add(`apple.checkin_ms_after_${wanted}`, await device.checkInMs(), "ms");
    }
    for (let time = 1; time <= AGAIN; time++) {
      progress(
        `a device with ${PENDING} pending and ${finished} finished commands enrolls again (${time} of ${AGAIN})`,
      );
      await addCommands(database, target, device.deviceId, PENDING, "queued");
      finished += PENDING;
      await untilQuiet(target.pids, QUIET_WITHIN_MS);
      const { introducedMs, visitMs } = await device.enrollAgain();
      measurements.add("apple.reenroll_ms", introducedMs, "ms");
      measurements.add("apple.reenroll_visit_ms", visitMs, "ms");
      measurements.add("apple.reenroll_cancelled_ms", await untilEnded(database, target, device.deviceId), "ms");
    }
    const deviceIds = await addDevices(database, target);
    for (let round = 1; round <= Math.min(rounds, BULK_ROUNDS); round++) {
      progress(`round ${round}: one command for ${BULK} devices in one request`);
      await untilQuiet(target.pids, QUIET_WITHIN_MS);
      const before = await walPosition(database);
      const cost = await spentBy(target.pids);
      const statements = await countStatements(database, target.databaseLog, /^\s*insert into commands /, async () => {
        const startedAt = performance.now();
        await enqueue(deviceIds, `bulk.${round}`);
        measurements.add("apple.enqueue_100k_s", (performance.now() - startedAt) / 1_000, "s");
      });
      measurements.add("apple.enqueue_100k_wal_mb", ((await walPosition(database)) - before) / 1e6, "MB");
      measurements.add("apple.enqueue_100k_statements", statements, "statements");
      for (const [service, spent] of await spentBy(target.pids))
        measurements.add(`${service}.enqueue_100k_cpu_s`, spent - (cost.get(service) ?? 0), "s");
    }
  } finally {
    await database.end();
  }
}

/** Commands that a device has behind it, or before it, each of its own kind so that none takes another's place. */
async function addCommands(
  database: Client,
  { tenant }: QueueTarget,
  deviceId: string,
  count: number,
  state: "acknowledged" | "queued",
): Promise<void> {
  await database.query(
    `insert into commands (tenant, device_id, id, type, state, created_by, reason, created_at, expires_at, due_at, ended_at,
       failure, request_type, epoch, priority)
     select $1, $2, gen_random_uuid(), 'apple', $3, 'load', '', now(), now() + interval '7 days', now() + interval '7 days',
       case when $3 = 'acknowledged' then now() end, case when $3 = 'acknowledged' then '' end, 'RemoveProfile',
       (select epoch from apple_channels where tenant = $1 and device_id = $2), 10
     from generate_series(1, $4)`,
    [tenant, deviceId, state, count],
  );
}

/**
 * How long it is, from the device's first visit, until nothing is open of what its earlier enrollment was asked. Looked up by the
 * index of open commands, so that the looking takes no part of what it measures.
 */
async function untilEnded(database: Client, { tenant }: QueueTarget, deviceId: string): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const { rows } = await database.query<{ open: number }>(
      `select count(*)::int as open from commands
       where tenant = $1 and device_id = $2 and request_type <> '' and ended_at is null and created_by = 'load'`,
      [tenant, deviceId],
    );
    const passed = performance.now() - startedAt;
    if (rows[0]?.open === 0) return passed;
    if (passed > GIVE_UP_MS) throw new Error("what the earlier enrollment was asked is still open");
    await delay(1);
  }
}

/** Devices that only the command service has heard of. */
async function addDevices(database: Client, { tenant }: QueueTarget): Promise<string[]> {
  const deviceIds = Array.from({ length: BULK }, () => randomUUID());
  await database.query(
    `insert into device_channels (tenant, device_id, enrolled, personal, osquery_generation, orbit_generation,
       agent_generation, version)
     select $1, id, true, false, 0, 0, 0, 1 from unnest($2::uuid[]) as id`,
    [tenant, deviceIds],
  );
  await database.query(
    `insert into apple_channels (tenant, device_id, enrollment_id, epoch, enrolled, hardware_id, platform, os_version,
       supervised, automated, personal, access_rights, awaiting_configuration, version)
     select $1, id, gen_random_uuid(), 1, true, id::text, (array['ios', 'macos'])[1 + place % 2],
       (array['17.6', '18.1', '15.1'])[1 + place % 3], place % 5 > 0, place % 7 = 0, false, 8191, false, 1
     from unnest($2::uuid[]) with ordinality as n (id, place)`,
    [tenant, deviceIds],
  );
  await database.query("analyze device_channels, apple_channels, commands");
  return deviceIds;
}

async function walPosition(database: Client): Promise<number> {
  const { rows } = await database.query<{ bytes: string }>(
    "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::text as bytes",
  );
  return Number(rows[0]?.bytes);
}
