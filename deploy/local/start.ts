import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { lockFolder } from "@muster/backing/folder-lock";
import { endLeftover } from "@muster/backing/server-process";
import { StartupProblem } from "@muster/backing/startup-problem";
import { type Platform, startPlatform } from "./platform.ts";
import { endLeftovers } from "./services.ts";
import { readStartOptions, USAGE } from "./start-options.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dataDir = join(root, ".muster");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  const options = readStartOptions(process.argv.slice(2));
  if (options === undefined) {
    say(USAGE);
  } else {
    const startedAt = Date.now();
    if (options.fresh) await forget();
    say(existsSync(dataDir) ? "Muster continues where it stopped" : "Muster starts for the first time");
    const interrupt = interrupted();
    const platform = await startPlatform({
      dataDir,
      ports: options.ports,
      durable: true,
      fleet: options.hosts,
      appleFleet: options.appleDevices,
      agent: options.agent,
      seed: true,
      ...environmentUrls(),
      log: say,
      signal: interrupt,
    });
    say(`Ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
    say(whereToLook(platform));
    if (!interrupt.aborted)
      await new Promise((resolve) => interrupt.addEventListener("abort", resolve, { once: true }));
    await platform.stop();
    say("Stopped");
  }
} catch (error) {
  if ((error as Error).name === "AbortError") {
    say("Stopped");
  } else if (error instanceof StartupProblem) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}

/** Aborted by the first Ctrl-C; the next one kills what is left. */
function interrupted(): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const onSignal = (): void => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      say("\nStopping (once more to kill)");
      controller.abort();
      // npm passes on a Ctrl-C that the terminal has already sent to us: the same key press counts once.
    } else if (Date.now() - firstAt > 1_000) {
      process.exit(130);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  return controller.signal;
}

/** Deletes the data of earlier starts, unless one of them still runs. */
async function forget(): Promise<void> {
  if (!existsSync(dataDir)) return;
  const lock = lockFolder(dataDir);
  await endLeftovers(dataDir);
  await endLeftover(join(dataDir, "nats", "nats.pid"), "nats-server", "SIGTERM");
  await endLeftover(join(dataDir, "postgres", "cluster", "postmaster.pid"), "postgres", "SIGINT");
  lock.release();
  await rm(dataDir, { recursive: true, force: true });
}

function environmentUrls(): { databaseUrl?: string; natsUrl?: string } {
  const { MUSTER_DATABASE_URL: databaseUrl, MUSTER_NATS_URL: natsUrl } = process.env;
  return { ...(databaseUrl && { databaseUrl }), ...(natsUrl && { natsUrl }) };
}

function whereToLook({ urls, administrator, files }: Platform): string {
  return `
  page          ${urls.gateway}
  sign in       ${administrator.email}  ${administrator.password}
  command line  MUSTER_SERVER=${urls.gateway} MUSTER_TOKEN=${administrator.token} npm run -s muster -- --help
  devices       ${urls.device}  (authority: ${files.serverCaCert})
  own osqueryd  osqueryd --flagfile ${files.osqueryFlags}
  logs          ${join(dataDir, "logs")}

Ctrl-C stops everything.`;
}
