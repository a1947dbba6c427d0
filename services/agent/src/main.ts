import { hostname } from "node:os";
import { isSea } from "node:sea";
import manifest from "../package.json" with { type: "json" };
import { runAgent } from "./agent.ts";
import { fullJitter } from "./channel/backoff.ts";
import { createBell } from "./channel/bell.ts";
import { type Credentials, connectServer } from "./channel/server.ts";
import { runSession } from "./channel/session.ts";
import type { CommandResult } from "./commands/command.ts";
import { createExecutor, scriptsSwitch } from "./commands/executor.ts";
import { openJournal } from "./commands/journal.ts";
import { systemPower } from "./commands/power.ts";
import { type Config, type MyDeviceConfig, type RunConfig, readConfig, USAGE, UsageError } from "./config.ts";
import { enroll } from "./identity/enroll.ts";
import { type Identity, loadIdentity, saveIdentity } from "./identity/identity.ts";
import { EnrollmentError, obtainIdentity } from "./identity/obtain-identity.ts";
import { ownerLink } from "./identity/owner-link.ts";
import { jsonLog, type Log } from "./log.ts";
import { openLogBuffer } from "./logs/log-buffer.ts";
import { statusLog } from "./logs/status-log.ts";
import { openBaselines } from "./schedule/baselines.ts";
import { Schedule } from "./schedule/schedule.ts";
import { openSettings } from "./schedule/settings.ts";
import { osquerydRunner } from "./sql/osqueryd.ts";
import { type QueryRunner, startQueryRunner } from "./sql/query-runner.ts";
import { takeLock } from "./state/lock.ts";
import { bootId } from "./state/process-mark.ts";
import { emptyScripts, identityIn, openStateFolder } from "./state/state-folder.ts";

const QUERY_TIME_LIMIT_MS = 30_000;
const QUERY_MAX_ROWS = 20_000;
const LOG_BUFFER_BYTES = 32 * 1024 * 1024;
const LOG_PORTION_BYTES = 1024 * 1024;
/** EX_USAGE and EX_CONFIG (sysexits.h): a restart changes nothing, so the unit file names them. */
const EXIT_USAGE = 64;
const EXIT_CONFIG = 78;

const { version } = manifest;
const startedAt = new Date();
const now = () => new Date();
const ownLog = jsonLog((line) => process.stderr.write(line), now);

start().catch((error: unknown) => {
  process.exitCode = error instanceof UsageError ? EXIT_USAGE : error instanceof EnrollmentError ? EXIT_CONFIG : 1;
  if (error instanceof UsageError) process.stderr.write(`${error.message}\n\n${USAGE}`);
  else ownLog.error("the agent cannot go on", { error });
});

async function start(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  switch (config.command) {
    case "version":
      process.stdout.write(`${version}\n`);
      return;
    case "help":
      process.stdout.write(USAGE);
      return;
    case "query-process": {
      // Loaded by this process alone, so that the agent itself stays small.
      const { serveQueries } = await import("./sql/query-process.ts");
      serveQueries({ version, startedAt, maxRows: QUERY_MAX_ROWS });
      return;
    }
    case "query":
      await query(config);
      return;
    case "my-device":
      await myDevice(config);
      return;
    case "run":
      await run(config);
      return;
    default:
      config satisfies never;
  }
}

async function query({ sql, osqueryd }: Extract<Config, { command: "query" }>): Promise<void> {
  const runner = queryRunner(osqueryd);
  try {
    process.stdout.write(`${JSON.stringify(await runner.query(sql), undefined, 2)}\n`);
  } finally {
    await runner.stop();
  }
}

/** Beside the agent that runs: it only reads who the device is. */
async function myDevice({ ca, server: url, state }: MyDeviceConfig): Promise<void> {
  const identity = await loadIdentity(identityIn(state));
  if (identity === undefined) throw new UsageError([`--state: there is no enrolled agent in ${state}`]);
  const server = connectServer({ url, ca, credentials: identity, userAgent: `muster-agent/${version}` });
  try {
    process.stdout.write(`${await ownerLink(server)}\n`);
  } finally {
    server.close();
  }
}

async function run(config: RunConfig): Promise<void> {
  const stopping = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => stopping.abort());
  const { signal } = stopping;

  const folder = await openStateFolder(config.state);
  const lock = await takeLock(folder.lock);
  await emptyScripts(folder);
  const buffer = await openLogBuffer(folder.logs, {
    maxBytes: LOG_BUFFER_BYTES,
    portionBytes: LOG_PORTION_BYTES,
    dropped: (bytes) => ownLog.warn("log lines were dropped before they could be sent", { bytes }),
  });
  const host = hostname();
  const log = statusLog({ log: ownLog, buffer, host, version, now });
  const journal = await openJournal(folder.journal, now);
  const runner = queryRunner(config.osqueryd);

  const settings = await openSettings(folder.osqueryConfig, host);
  const schedule = new Schedule({ runner, baselines: await openBaselines(folder.baselines), buffer, host, log, now });
  await schedule.configure(settings.current);

  const bells = {
    commands: createBell(),
    queries: createBell(),
    results: createBell(),
    schedule: createBell(),
    logs: createBell(),
  };
  const running = new Map<string, CommandResult>();
  const scriptsEnabled = scriptsSwitch(config.scriptsAllowed, folder.scriptsDisabled);
  const executor = createExecutor({
    journal,
    power: systemPower(),
    scriptsFolder: folder.scripts,
    scriptsEnabled,
    refetch: () => bells.queries.ring(),
    onResult(begun) {
      if (begun !== undefined) running.set(begun.commandId, begun);
      bells.results.ring();
    },
    log,
    now,
  });

  const connect = (credentials?: Credentials) =>
    connectServer({ url: config.server, ca: config.ca, credentials, userAgent: `muster-agent/${version}` });
  const enrollWith = async (token: string) => {
    const server = connect();
    try {
      return await enroll(server, runner, { token, version, signal });
    } finally {
      server.close();
    }
  };
  const refused = fullJitter(Math.random);
  const pause = createBell();
  const save = (identity: Identity) => saveIdentity(folder.identity, identity);

  log.info("agent started", { version, server: config.server.href, scriptsEnabled: scriptsEnabled() });
  try {
    await runAgent({
      load: () => loadIdentity(folder.identity),
      save,
      obtain: () =>
        obtainIdentity({
          token: config.token,
          enroll: enrollWith,
          save,
          backoff: fullJitter(Math.random),
          log,
          signal,
        }),
      recover: ({ deviceId, commandKeys }) => {
        // It reads the whole machine, one query at a time: a device that enrolls does not wait for that.
        if (config.osqueryd === undefined) void reportUnreadable(runner, log);
        return executor.recover({ deviceId, keys: commandKeys });
      },
      serve: (identity) =>
        runSession({
          identity,
          server: connect(identity),
          executor,
          journal,
          runner,
          bells,
          settings,
          schedule,
          buffer,
          running,
          scriptsEnabled,
          bootId: bootId(),
          version,
          log,
          now,
          random: Math.random,
          signal,
        }),
      patience: () => pause.wait(refused.afterMs(undefined), signal),
      log,
    });
  } finally {
    await executor.stop();
    await runner.stop();
    await journal.close();
    await lock.release();
    log.info("agent stopped");
  }
}

function queryRunner(osqueryd: string | undefined): QueryRunner {
  if (osqueryd !== undefined) return osquerydRunner(osqueryd, QUERY_TIME_LIMIT_MS);
  // A single executable is its own program; otherwise node runs this file again.
  const program = isSea() ? [] : [...process.execArgv, process.argv[1] ?? ""];
  return startQueryRunner({
    command: [process.execPath, ...program, "query-process"],
    timeLimitMs: QUERY_TIME_LIMIT_MS,
  });
}

async function reportUnreadable(runner: QueryRunner, log: Log): Promise<void> {
  try {
    const rows = await runner.query("SELECT path, reason, needed FROM agent_unreadable WHERE reason <> 'missing'");
    if (rows.length > 0) log.warn("some of this machine cannot be read", { unreadable: rows });
  } catch (error) {
    log.warn("what cannot be read could not be found out", { error });
  }
}
