import { SeededRandom } from "../simulators/seeded-random.ts";
import { checkAll, PUBLISHERS } from "./checks/all.ts";
import type { Finding } from "./checks/check.ts";
import { nothingSetAside } from "./checks/nothing-set-aside.ts";
import { eventsOf } from "./checks/outbox.ts";
import { othersAnswer, workShared } from "./checks/work-shared.ts";
import { healed } from "./healed.ts";
import { loseReplica } from "./injuries/replicas.ts";
import type { Patient } from "./injury.ts";
import { type Inflicted, runNemesis } from "./nemesis.ts";
import { type StageOptions, setStage } from "./stage.ts";
import { startChangingHosts } from "./work/changing-hosts.ts";
import { watchWork } from "./work/work-of-replicas.ts";

export interface FaultOptions extends StageOptions {
  readonly runMs: number;
  readonly changesPerSecond: number;
  /** Only injuries of these names; empty means all. */
  readonly only: readonly string[];
}

export interface FaultReport {
  readonly seed: string;
  readonly timeline: readonly Inflicted[];
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
  /** From the last injury until everything committed was heard. */
  readonly healedAfterMs: number;
}

/** Starts a platform, works on it, injures it, lets it heal, and checks what must hold whatever happened. */
export async function runFaults(options: FaultOptions): Promise<FaultReport> {
  const { seed, say } = options;
  const random = new SeededRandom(seed);
  await using closing = new AsyncDisposableStack();
  const stage = await setStage(options, random, closing);
  const { patient, api, fleet, deviceIds, commanded, source } = stage;
  const working = watchWork(patient.platform.replicas);
  const changing = startChangingHosts({
    fleet,
    api,
    deviceIds,
    random: random.fork("changes"),
    perSecond: options.changesPerSecond,
  });

  say(`injuries for ${options.runMs / 1_000} s, seed ${seed}`);
  const timeline = await runNemesis({ ...options, patient, random: random.fork("nemesis") });
  const injuredUntil = performance.now();
  await Promise.all([changing.stop(), commanded.stopCommanding()]);

  say("healing");
  const missing = await healed(patient, stage.listeners, say);
  const healedAfterMs = Math.round(performance.now() - injuredUntil);
  const setAside = await nothingSetAside(api);
  const work = await working.stop();
  const findings = [...(await checkAll(stage, missing)), setAside];
  if (options.replicas > 1) findings.push(workShared(work));
  if (timeline.some(({ injury }) => injury === loseReplica.name)) findings.push(othersAnswer(patient));
  const counts = {
    ...(await eventCounts(patient)),
    ...Object.fromEntries([...work].map(([{ process }, done]) => [`done by ${process.name}`, done])),
    "events repaired": setAside.repaired,
    "facts changed": changing.changes,
    "commands taken": commanded.taken.length,
    "webhook deliveries": patient.receiver.arrivals.all().length,
    "events at the sink": patient.splunk.received.length,
    "streamed events": source.events.all().length,
  };
  return { seed, timeline, findings, counts, healedAfterMs };
}

async function eventCounts(patient: Patient): Promise<Record<string, number>> {
  return patient.withDatabase(async (client) => {
    const each = PUBLISHERS.map((publisher) => `(select count(*) from ${eventsOf(publisher)})`).join(" + ");
    const { rows } = await client.query<{ committed: number }>(`select (${each})::int as committed`);
    return { "events committed": rows[0]?.committed ?? 0 };
  });
}
