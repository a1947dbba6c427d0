import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Platform } from "@muster/deploy/local/platform";
import type { LoopResult } from "./closed-loop.ts";
import { enrollHosts, type LoadHost, settleHosts } from "./known-hosts.ts";
import { type LoadReport, Measurements } from "./load-report.ts";
import type { LoadTarget } from "./load-target.ts";
import { emptyReads, fullAnswers, prepareFullAnswers } from "./osquery-scenarios.ts";
import { usageOf } from "./process-usage.ts";
import { untilQuiet } from "./until-quiet.ts";

export interface TelemetryCostOptions {
  /** Starts a platform whose data stands in that folder, with these variables beside its own. */
  start(dataDir: string, environment: Readonly<Record<string, string>>): Promise<Platform>;
  targetOf(platform: Platform): Promise<LoadTarget>;
  readonly dataDir: string;
  readonly rounds: number;
  readonly roundMs: number;
  readonly connections: number;
  readonly progress: (sentence: string) => void;
}

const HOSTS = 500;
const SOFTWARE = 400;

/** What the services send traces, metrics and logs to: answers at once, so that nothing waits for it. */
async function startReceiver() {
  let bytes = 0;
  const server = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => void (bytes += chunk.length));
    request.on("end", () => response.writeHead(200, { "content-type": "application/json" }).end("{}"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takenBytes: () => bytes,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/**
 * What telemetry costs: processor time of all services for each request, with none sent, with a hundredth of the traces
 * and with all of them. Platforms of each kind stand at the same time and take turns, so that a machine that
 * slows down slows down each.
 */
export async function telemetryCost(options: TelemetryCostOptions): Promise<LoadReport> {
  const { connections, progress, rounds, roundMs } = options;
  const receiver = await startReceiver();
  const measurements = new Measurements();
  await using running = new AsyncDisposableStack();
  running.defer(() => receiver.stop());
  const sent = (ratio: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, MUSTER_TRACE_RATIO: ratio });
  const kinds = { none: {}, hundredth: sent("0.01"), all: sent("1") };
  const platforms: { kind: string; target: LoadTarget; hosts: readonly LoadHost[]; answers: Answers }[] = [];
  for (const [kind, environment] of Object.entries(kinds)) {
    progress(`a platform that sends of its traces: ${kind}`);
    const dataDir = `${options.dataDir}-${kind}`;
    running.defer(() => rm(dataDir, { recursive: true, force: true }));
    const platform = await options.start(dataDir, environment);
    running.defer(() => platform.stop());
    const target = await options.targetOf(platform);
    const { hosts } = await enrollHosts(target, { run: "telemetry", from: 0, count: HOSTS, connections });
    const answers = await prepareFullAnswers(target, hosts.slice(0, connections), SOFTWARE);
    await settleHosts(target, hosts, connections);
    platforms.push({ kind, target, hosts, answers });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { kind, target, hosts, answers } of platforms) {
      const scenarios: Record<string, () => Promise<LoopResult>> = {
        empty_reads: () => emptyReads(target, hosts, { connections, forMs: roundMs }),
        full_answers_changed: () => fullAnswers(target, answers, { connections, forMs: roundMs, changed: true }),
      };
      for (const [name, scenario] of Object.entries(scenarios)) {
        progress(`round ${round + 1} of ${rounds}: ${name}, ${kind}`);
        await untilQuiet(target.pids);
        const [before, takenBefore] = [await usageOf(target.pids), receiver.takenBytes()];
        const { perSecond, requests } = await scenario();
        measurements.add(`telemetry.${kind}.${name}_per_s`, perSecond, "1/s");
        // What is worked off later is part of the price.
        await untilQuiet(target.pids);
        const spent = Object.fromEntries(
          [...(await usageOf(target.pids))].map(([each, { cpuSeconds }]) => [
            each,
            cpuSeconds - (before.get(each)?.cpuSeconds ?? 0),
          ]),
        );
        const total = Object.values(spent).reduce((sum, seconds) => sum + seconds, 0);
        const each = (seconds: number) => (seconds / requests) * 1e6;
        measurements.add(`telemetry.${kind}.${name}_us_each`, each(total), "µs");
        measurements.add(`telemetry.${kind}.${name}_us_each_inventory`, each(spent["inventory"] ?? 0), "µs");
        measurements.add(
          `telemetry.${kind}.${name}_sent_bytes_each`,
          (receiver.takenBytes() - takenBefore) / requests,
          "B",
        );
      }
    }
  }
  return measurements.report();
}

type Answers = Awaited<ReturnType<typeof prepareFullAnswers>>;
