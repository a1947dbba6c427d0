import { setTimeout as pause } from "node:timers/promises";
import type { SeededRandom } from "../simulators/seeded-random.ts";
import { lanesOf } from "./injuries/all.ts";
import type { Injury, Patient } from "./injury.ts";

export interface Inflicted {
  /** Milliseconds since the run began. */
  readonly atMs: number;
  readonly untilMs: number;
  readonly injury: string;
  readonly detail: string;
}

export interface NemesisOptions {
  readonly patient: Patient;
  readonly random: SeededRandom;
  /** How many there are of each service. */
  readonly replicas: number;
  readonly runMs: number;
  /** Only injuries of these names; empty means all. */
  readonly only: readonly string[];
  readonly say: (line: string) => void;
}

const PAUSE_MS = [300, 4_000] as const;

/** Injures the platform until the time is over. The seed decides what happens in which order; the clock when. */
export async function runNemesis(options: NemesisOptions): Promise<Inflicted[]> {
  const { random, only } = options;
  const startedAt = performance.now();
  const timeline: Inflicted[] = [];
  const lanes = Object.entries(lanesOf(options.replicas)).flatMap(([lane, injuries]) => {
    const chosen = only.length === 0 ? injuries : injuries.filter(({ name }) => only.includes(name));
    const draws = random.fork(lane);
    return chosen.length === 0 ? [] : [runLane(options, draws, chosen, lane === "platform", startedAt, timeline)];
  });
  await Promise.all(lanes);
  return timeline.toSorted((one, other) => one.atMs - other.atMs);
}

async function runLane(
  { patient, runMs, say }: NemesisOptions,
  random: SeededRandom,
  injuries: readonly Injury[],
  stopsProcesses: boolean,
  startedAt: number,
  timeline: Inflicted[],
): Promise<void> {
  const now = (): number => Math.round(performance.now() - startedAt);
  for (let turn = 0; now() < runMs; turn++) {
    // Each turn draws from a stream of its own, so that what an injury draws does not change what comes next.
    const turnRandom = random.fork(turn);
    const injury = weighted(injuries, turnRandom);
    const atMs = now();
    const detail = await injury
      .inflict(patient, turnRandom.fork("injury"))
      // What the other lane holds down cannot be injured as well.
      .catch((error: unknown) => `not inflicted: ${error instanceof Error ? error.message : String(error)}`);
    if (stopsProcesses) await restoreAll(patient);
    const inflicted = { atMs, untilMs: now(), injury: injury.name, detail };
    timeline.push(inflicted);
    say(formatInflicted(inflicted));
    await pause(turnRandom.int(...PAUSE_MS));
  }
}

/** An injury that failed half-way may have left something down. */
async function restoreAll({ platform: { replicas, ingress, backing } }: Patient): Promise<void> {
  const services = replicas.map(({ process }) => process);
  for (const server of [backing.postgres, backing.nats, ...services, ingress]) {
    if (server?.pid === undefined) await server?.restart();
  }
}

function weighted(injuries: readonly Injury[], random: SeededRandom): Injury {
  let left = random.next() * injuries.reduce((sum, { weight }) => sum + weight, 0);
  for (const injury of injuries) {
    left -= injury.weight;
    if (left < 0) return injury;
  }
  return random.pick(injuries);
}

export const formatInflicted = ({ atMs, untilMs, injury, detail }: Inflicted): string =>
  `${(atMs / 1_000).toFixed(1).padStart(7)} s - ${(untilMs / 1_000).toFixed(1).padStart(7)} s  ${injury}${detail === "" ? "" : `: ${detail}`}`;
