import type { LoopResult } from "./closed-loop.ts";
import { enrollHosts, type LoadHost, settleHosts } from "./known-hosts.ts";
import { type LoadReport, Measurements } from "./load-report.ts";
import type { LoadTarget } from "./load-target.ts";
import { configPolls, emptyReads, fullAnswers, prepareFullAnswers, type ScenarioOptions } from "./osquery-scenarios.ts";
import { usageOf } from "./process-usage.ts";
import { untilQuiet } from "./until-quiet.ts";

export interface LoadOptions {
  /** Stages, ascending: so many hosts are known while the scenarios run. */
  readonly knownHosts: readonly number[];
  /** The median of so many rounds counts. */
  readonly rounds: number;
  readonly roundMs: number;
  readonly connections: number;
  /** How many hosts send full answers in turn; each costs about 100 kB of memory here. */
  readonly answeringHosts: number;
  readonly software: number;
  readonly progress: (sentence: string) => void;
}

export const LOAD_OPTIONS: LoadOptions = {
  knownHosts: [1000, 10_000, 100_000],
  rounds: 3,
  roundMs: 5000,
  connections: 64,
  answeringHosts: 200,
  software: 400,
  progress: () => undefined,
};

/** A rate that counts refusals as work would flatter the server that refuses. */
const mustBeOk = (scenario: string, { statuses, requests }: LoopResult): void => {
  const good = statuses.get(200) ?? 0;
  if (good === requests) return;
  const list = [...statuses].map(([status, count]) => `${count} times ${status}`).join(", ");
  throw new Error(`${scenario}: only ${good} of ${requests} answers were 200 (${list})`);
};

/** Runs the osquery scenarios at each number of known hosts, in stages, against one running platform. */
export const runLoad = async (target: LoadTarget, given: Partial<LoadOptions> = {}): Promise<LoadReport> => {
  const options = { ...LOAD_OPTIONS, ...given };
  const { progress, connections } = options;
  const measurements = new Measurements();
  const run = `load ${Date.now()}`;
  const stages = options.knownHosts.toSorted((one, other) => one - other);
  const largest = stages.at(-1);
  const hosts: LoadHost[] = [];

  for (const [name, { rssMb }] of await usageOf(target.pids)) measurements.add(`${name}.rss_mb.idle`, rssMb, "MB");

  for (const known of stages) {
    // The plain name stands for the largest stage, where all of it counts; the others carry their number.
    const named = (name: string): string => (known === largest ? name : `${name}.at_${known}_hosts`);
    const record = (name: string, result: LoopResult): void => {
      mustBeOk(name, result);
      measurements.add(named(`osquery.${name}_per_s`), result.perSecond, "1/s");
      measurements.add(named(`osquery.${name}_ms_p50`), result.p50Ms, "ms");
      measurements.add(named(`osquery.${name}_ms_p99`), result.p99Ms, "ms");
    };

    progress(`enrolling ${known - hosts.length} hosts`);
    const enrolled = await enrollHosts(target, { run, from: hosts.length, count: known - hosts.length, connections });
    record("enroll", enrolled.result);
    progress("collecting what new hosts are asked");
    const answering = enrolled.hosts.slice(0, options.answeringHosts);
    const ready = await prepareFullAnswers(target, answering, options.software);
    progress("letting every new host answer once");
    mustBeOk("settle", await settleHosts(target, enrolled.hosts, connections));
    hosts.push(...enrolled.hosts);
    progress("letting the services work off what these hosts told");
    measurements.add(named("osquery.worked_off_after_s"), await untilQuiet(target.pids), "s");

    const scenarios: readonly (readonly [string, (scenario: ScenarioOptions) => Promise<LoopResult>])[] = [
      ["empty_reads", (scenario) => emptyReads(target, hosts, scenario)],
      ["config_polls", (scenario) => configPolls(target, hosts, scenario)],
      ["full_answers", (scenario) => fullAnswers(target, ready, { ...scenario, changed: false })],
      ["full_answers_changed", (scenario) => fullAnswers(target, ready, { ...scenario, changed: true })],
    ];
    for (const [name, scenario] of scenarios) {
      progress(`${name} with ${known} known hosts`);
      for (let round = 0; round < options.rounds; round += 1) {
        const before = await usageOf(target.pids);
        const result = await scenario({ connections, forMs: options.roundMs });
        record(name, result);
        for (const [process, { cpuSeconds }] of await usageOf(target.pids)) {
          const spent = cpuSeconds - (before.get(process)?.cpuSeconds ?? 0);
          measurements.add(named(`${process}.us_each_${name}`), (spent / result.requests) * 1e6, "µs");
        }
      }
    }
    for (const [name, { rssMb }] of await usageOf(target.pids)) measurements.add(named(`${name}.rss_mb`), rssMb, "MB");
  }
  return measurements.report();
};
