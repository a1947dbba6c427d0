import type { Server } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { startAdminServer } from "./admin-server.ts";
import { ConfigurationError, port, readEnvironment, text } from "./environment.ts";
import { Lifecycle } from "./lifecycle.ts";
import { createLogger, type Logger } from "./logging.ts";
import { readOtlpSettings } from "./otlp/otlp-settings.ts";
import { releaseStartMemory } from "./start-memory.ts";
import { startTelemetry } from "./start-telemetry.ts";
import { metrics } from "./telemetry.ts";

export interface Host {
  readonly service: string;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
  readonly env: NodeJS.ProcessEnv;
}

const HOST_VARIABLES = {
  adminPort: ["MUSTER_ADMIN_PORT", port],
  logLevel: ["MUSTER_LOG_LEVEL", text, "info"],
  sampleRatio: ["MUSTER_TRACE_RATIO", ratio, 1],
} as const;

/** How often is looked whether the event loop is late. What is measured is the time between two looks. */
const LOOP_LOOK_MS = 100;

function ratio(raw: string): number {
  const value = Number(raw);
  if (!(value >= 0 && value <= 1)) throw new Error(`"${raw}" is not a ratio (0 to 1)`);
  return value;
}

/**
 * Runs one service: logs, telemetry and the admin port first, then what `build` opens, then ready.
 * A failure while building is told in one line, everything opened is closed, and the process ends with code 1.
 */
export async function runService(service: string, build: (host: Host) => Promise<void>): Promise<void> {
  const env = process.env;
  const log = createLogger(service, env["MUSTER_LOG_LEVEL"] ?? "info");
  const lifecycle = new Lifecycle(log);
  process.on("unhandledRejection", (error) => {
    log.fatal({ err: error }, "promise rejected without a handler");
    process.exit(1);
  });
  try {
    const config = readEnvironment(env, HOST_VARIABLES);
    const telemetry = await startTelemetry({ service, log, otlp: readOtlpSettings(env), ...config });
    lifecycle.add("telemetry", () => telemetry.stop());
    watchProcess();
    const admin = await startAdminServer(config.adminPort, lifecycle, telemetry);
    lifecycle.add("admin server", () => closeServer(admin));
    await build({ service, log, lifecycle, env });
    await telemetry.selfTest(lifecycle.probes);
    releaseStartMemory();
    lifecycle.started();
  } catch (error) {
    if (error instanceof ConfigurationError) log.fatal(error.message);
    else log.fatal({ err: error }, "service could not start");
    await lifecycle.stop().catch(() => undefined);
    process.exit(1);
  }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function watchProcess(): void {
  const meter = metrics.getMeter("muster");
  const delay = monitorEventLoopDelay({ resolution: LOOP_LOOK_MS });
  delay.enable();
  meter
    .createObservableGauge("process.memory.usage", { unit: "By", description: "Resident memory" })
    .addCallback((gauge) => gauge.observe(process.memoryUsage.rss()));
  meter
    .createObservableCounter("process.cpu.time", { unit: "s", description: "Processor time used" })
    .addCallback((counter) => {
      const { user, system } = process.cpuUsage();
      counter.observe((user + system) / 1e6);
    });
  meter
    .createObservableGauge("nodejs.eventloop.delay.p99", { unit: "s", description: "Event loop delay" })
    .addCallback((gauge) => {
      gauge.observe(Math.max(0, delay.percentile(99) / 1e9 - LOOP_LOOK_MS / 1e3));
      delay.reset();
    });
}
