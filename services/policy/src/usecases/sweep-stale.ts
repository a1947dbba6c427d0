import { setTimeout as delay } from "node:timers/promises";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { outdated } from "../domain/verdict.ts";
import { lockDevices } from "../storage/devices.ts";
import { forgetEarlyAnswers } from "../storage/early-answers.ts";
import type { PolicyTables } from "../storage/tables.ts";
import { shareWithDevices } from "../storage/tenant-lock.ts";
import { findOutdated } from "../storage/verdict-lists.ts";
import { lockVerdicts } from "../storage/verdicts.ts";
import { type TellDeps, tellVerdicts } from "./tell-verdicts.ts";

const BATCH = 500;
const LONGEST_PAUSE_MS = 60_000;

export interface SweepDeps extends TellDeps {
  readonly database: ServiceDatabase<PolicyTables>;
  readonly staleAfterSeconds: number;
}

/** Makes outdated verdicts stale; returns how many there were in this batch. Any number of replicas may do it. */
export const sweepStale = ({ database, staleAfterSeconds, ...deps }: SweepDeps): Promise<number> =>
  database.system(async (work) => {
    const now = deps.now();
    const found = await findOutdated(work.sql, now, staleAfterSeconds, BATCH);
    if (found.length === 0) return 0;
    await shareWithDevices(
      work.sql,
      found.map(({ tenant }) => tenant),
    );
    await lockDevices(work.sql, found);
    const answered = new Map(
      found.map((each) => [`${each.policyId}\n${each.deviceId}`, each.judged.answeredAt?.getTime()]),
    );
    // An answer may have come, or another replica been here, before the locks were held.
    const held = (await lockVerdicts(work.sql, found)).filter(
      (each) =>
        ["VERDICT_PASS", "VERDICT_FAIL"].includes(each.judged.verdict) &&
        answered.get(`${each.policyId}\n${each.deviceId}`) === each.judged.answeredAt?.getTime(),
    );
    await tellVerdicts(
      work,
      deps,
      held.map((each) => ({ held: each, judged: outdated(each.judged, now) })),
    );
    return found.length;
  });

/** Sweeps now and then until the service stops. */
export function startSweeping(deps: SweepDeps, log: Logger, lifecycle: Lifecycle): void {
  const stop = new AbortController();
  const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(1_000, deps.staleAfterSeconds * 250));
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        while (!stop.signal.aborted && (await sweepStale(deps)) === BATCH);
        await deps.database.system((work) => forgetEarlyAnswers(work.sql, deps.now()));
      } catch (error) {
        log.warn({ err: error }, "sweep for stale verdicts failed and will be tried again");
      }
      await delay(pauseMs * (0.75 + Math.random() / 2), undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const running = run();
  lifecycle.add("stale sweep", () => {
    stop.abort();
    return running;
  });
}
