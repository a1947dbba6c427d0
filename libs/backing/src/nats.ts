import { join, resolve } from "node:path";
import { dataFolder, requireDiskSpace } from "./data-folder.ts";
import { lockFolder } from "./folder-lock.ts";
import { freePort, requireFreePort } from "./free-port.ts";
import { natsBinary } from "./nats-binary.ts";
import { endLeftover, type ServerProcess, startServer } from "./server-process.ts";

export interface NatsServer extends ServerProcess {
  readonly url: string;
  /** Its HTTP monitoring: /varz, /jsz, /healthz. */
  readonly monitorUrl: string;
  readonly port: number;
}

export interface NatsOptions {
  dataDir: string;
  /** A free one when left out. */
  port?: number;
  monitorPort?: number;
  /** A configuration file of its own, such as one that says whom the server believes; anybody may connect without. */
  config?: string;
  /** Hears about a download or a build, which may take minutes. */
  say?: (line: string) => void;
}

/** Starts a NATS server of our own with JetStream on disk, on the loopback address. */
export async function startNats({ dataDir, port, monitorPort, config, say }: NatsOptions): Promise<NatsServer> {
  const home = resolve(dataDir);
  await requireDiskSpace(home);
  await dataFolder(home);
  const lock = lockFolder(home);
  try {
    const program = await natsBinary({ ...(say && { say }) });
    const pidFile = join(home, "nats.pid");
    await endLeftover(pidFile, "nats-server", "SIGTERM");
    if (port !== undefined) await requireFreePort(port, "NATS");
    if (monitorPort !== undefined) await requireFreePort(monitorPort, "NATS monitoring");
    const chosen = port ?? (await freePort());
    const monitorUrl = `http://127.0.0.1:${monitorPort ?? (await freePort())}`;
    const server = await startServer({
      name: "NATS",
      command: program,
      args: Object.entries({
        addr: "127.0.0.1",
        port: chosen,
        http_port: new URL(monitorUrl).port,
        pid: pidFile,
        store_dir: join(home, "jetstream"),
        ...(config && { config }),
      })
        .flatMap(([flag, value]) => [`--${flag}`, String(value)])
        .concat("--jetstream"),
      logFile: join(home, "nats.log"),
      stopSignal: "SIGTERM",
      readyWithinMs: 60_000,
      isReady: () => isHealthy(monitorUrl),
    });
    return {
      url: `nats://127.0.0.1:${chosen}`,
      monitorUrl,
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

async function isHealthy(monitorUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${monitorUrl}/healthz?js-enabled-only=true`, { signal: AbortSignal.timeout(1_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
