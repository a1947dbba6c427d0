import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { dataFolder, requireDiskSpace } from "./data-folder.ts";
import { lockFolder } from "./folder-lock.ts";
import { freePort, requireFreePort } from "./free-port.ts";
import { postgresBinaries } from "./postgres-binaries.ts";
import { type PostgresUser, postgresUser, requireReach } from "./postgres-user.ts";
import { endLeftover, type ServerProcess, startServer } from "./server-process.ts";
import { StartupProblem } from "./startup-problem.ts";

const SUPERUSER = "muster";
const MAJOR_VERSION = "18";

/** Nothing survives a crash of the machine, and nothing waits for the disk: for tests only. */
const NOT_DURABLE = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

export interface PostgresServer extends ServerProcess {
  /** As the superuser. Holds the password: never log it. */
  readonly url: string;
  readonly port: number;
}

export interface PostgresOptions {
  dataDir: string;
  /** A free one when left out. */
  port?: number;
  durable: boolean;
}

/** Starts a Postgres of our own on the loopback address; the first start in a folder creates the cluster. */
export async function startPostgres({ dataDir, port, durable }: PostgresOptions): Promise<PostgresServer> {
  const home = resolve(dataDir);
  await requireDiskSpace(home);
  await dataFolder(home);
  const lock = lockFolder(home);
  try {
    const binaries = await postgresBinaries();
    const user = await postgresUser();
    if (user !== undefined) {
      await chown(home, user.uid, user.gid);
      await requireReach(home, user);
      await requireReach(binaries.postgres, user);
    }
    const cluster = join(home, "cluster");
    await endLeftover(join(cluster, "postmaster.pid"), binaries.postgres, "SIGINT");
    if (!existsSync(cluster)) await createCluster(binaries.initdb, cluster, user, durable);
    await requireOurVersion(cluster);

    if (port !== undefined) await requireFreePort(port, "Postgres");
    const chosen = port ?? (await freePort());
    const settings = [
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "max_connections=200",
      "timezone=UTC",
      "log_timezone=UTC",
      ...(durable ? [] : NOT_DURABLE),
    ];
    const server = await startServer({
      name: "Postgres",
      command: binaries.postgres,
      args: ["-D", cluster, "-p", String(chosen), ...settings.flatMap((setting) => ["-c", setting])],
      logFile: join(home, "postgres.log"),
      ...(user && { user }),
      // "Fast shutdown": open sessions are ended, the data is checkpointed.
      stopSignal: "SIGINT",
      readyWithinMs: 60_000,
      isReady: (pid) => acceptsConnections(cluster, pid),
    });
    const password = await readFile(passwordFile(cluster), "utf8");
    return {
      url: `postgres://${SUPERUSER}:${password.trim()}@127.0.0.1:${chosen}/postgres`,
      port: chosen,
      pid: server.pid,
      exited: server.exited,
      kill: (signal) => server.kill(signal),
      stop: async () => {
        await server.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

const passwordFile = (cluster: string): string => join(dirname(cluster), "superuser-password");

/** Created beside its final place and then renamed, so that a start killed half-way leaves nothing to trip over. */
async function createCluster(
  initdb: string,
  cluster: string,
  user: PostgresUser | undefined,
  durable: boolean,
): Promise<void> {
  const draft = `${cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile(cluster), { force: true });
  await writeFile(passwordFile(cluster), `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile(cluster), user.uid, user.gid);
  const args = [
    `--pgdata=${draft}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile(cluster)}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The same order of strings on every machine, whatever its locales.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    ...(durable ? [] : ["--no-sync"]),
  ];
  try {
    await promisify(execFile)(initdb, args, { ...user, cwd: dirname(cluster) });
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw clusterProblem(String((cause as { stderr?: string }).stderr ?? cause), cause);
  }
  await rename(draft, cluster);
}

function clusterProblem(output: string, cause: unknown): StartupProblem {
  if (output.includes("could not look up effective user ID")) {
    return new StartupProblem(
      `Postgres needs its user to have a name, and user id ${process.getuid?.()} has none. Add it to /etc/passwd, or run as another user.`,
      { cause },
    );
  }
  return new StartupProblem(`The Postgres cluster could not be created: ${output.trim()}`, { cause });
}

async function requireOurVersion(cluster: string): Promise<void> {
  const version = (await readFile(join(cluster, "PG_VERSION"), "utf8")).trim();
  if (version === MAJOR_VERSION) return;
  throw new StartupProblem(
    `The data in ${cluster} belongs to Postgres ${version}; this is ${MAJOR_VERSION}. Export it with the old version, or begin anew with \`npm start -- --fresh\`.`,
  );
}

/** The postmaster writes its own pid on line 1 and its state on line 8 of postmaster.pid, which pg_ctl waits for too. */
async function acceptsConnections(cluster: string, pid: number): Promise<boolean> {
  try {
    const lines = (await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n");
    return lines[0] === String(pid) && lines[7]?.trim() === "ready";
  } catch {
    return false;
  }
}
