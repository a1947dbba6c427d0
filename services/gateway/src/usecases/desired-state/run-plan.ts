import type { Logger } from "@muster/host/logging";
import { type Step, together } from "../../domain/desired-state/step.ts";
import type { Principal } from "../../domain/principal.ts";
import { endPlan, type HeldPlan, touchPlan } from "../../storage/desired-state-plans.ts";
import { forgetKnown, saveKnown } from "../../storage/desired-state-resources.ts";
import { type BringParts, bringBack, bringForward } from "./bring.ts";
import { inParallel } from "./in-parallel.ts";
import type { PlanDeps } from "./plan-desired-state.ts";
import { openWork, type PlanWork } from "./plan-work.ts";
import { readLive } from "./read-live.ts";
import { type DoneStep, tellSteps } from "./tell-steps.ts";

export interface RunDeps extends PlanDeps {
  readonly log: Logger;
}

export interface Run {
  readonly held: HeldPlan;
  readonly principal: Principal;
  /** This gateway's run of the plan; whoever takes it over has another. */
  readonly runner: string;
}

/** How many steps are begun before it is noted how far the plan is; after a crash so many may be half done. */
const BATCH = 64;
const AT_ONCE = 16;

class TakenOver extends Error {
  override readonly name = "TakenOver";
}

/**
 * Carries a plan out, or goes on where another gateway ended, or goes on undoing it. Before steps are taken it is noted that
 * they may have been; each can be taken and undone however much of it was done.
 */
export async function runPlan(deps: RunDeps, run: Run): Promise<void> {
  const { held, principal } = run;
  if (held.work === null) throw new Error("the plan ended before");
  const work = openWork(deps.vault, principal.tenant, held.plan.id, held.work);
  try {
    const parts = { ...deps, principal, live: await readLive(deps.keepers, kindsOf(work), principal) };
    let { reached } = held;
    let error = held.plan.error;
    if (held.plan.state !== "DESIRED_STATE_PLAN_STATE_UNDOING") {
      try {
        let done: readonly DoneStep[] = [];
        for (const group of together(work.steps, BATCH)) {
          const last = work.steps.indexOf(group.at(-1) as Step) + 1;
          reached = Math.max(reached, last);
          await touch(deps, run, { state: "applying", reached, error, done });
          const taken = await inParallel(group, AT_ONCE, (step) => bringForward(parts, step));
          // What a gateway before this one had done with, it has told.
          done = last < held.reached ? [] : taken;
        }
        return await end(deps, run, work, parts, done);
      } catch (failure) {
        if (failure instanceof TakenOver) throw failure;
        deps.log.warn({ err: failure, tenant: principal.tenant, plan: held.plan.id }, "a plan is undone");
        error = failure instanceof Error ? failure.message : String(failure);
      }
    }
    await touch(deps, run, { state: "undoing", reached, error, done: [] });
    // What a call that broke off has done is only known from looking again.
    const now = { ...parts, live: await readLive(deps.keepers, kindsOf(work), principal) };
    await undo(deps, run, work.steps.slice(0, reached), now, error);
  } catch (failure) {
    if (!(failure instanceof TakenOver)) throw failure;
  }
}

async function undo(deps: RunDeps, run: Run, steps: readonly Step[], parts: BringParts, error: string): Promise<void> {
  const left: string[] = [];
  let done: readonly DoneStep[] = [];
  for (const group of together(steps, BATCH).toReversed()) {
    const reached = steps.indexOf(group.at(-1) as Step) + 1;
    await touch(deps, run, { state: "undoing", reached, error, done });
    const undone = await inParallel(group.toReversed(), AT_ONCE, (step) => bringBack(parts, step));
    done = undone.flatMap((each) => each.done ?? []);
    left.push(...undone.flatMap((each) => each.left ?? []));
  }
  const told = left.length === 0 ? error : `${error}. What could not be undone: ${left.join("; ")}`;
  const now = deps.now();
  const { held, principal, runner } = run;
  await deps.database.tenant(principal.tenant, async (work) => {
    const end = { state: "undone", error: told, now } as const;
    if (await endPlan(work, principal.tenant, held.plan.id, runner, end))
      tellSteps(work, deps.keepers, { planId: held.plan.id, principal, now }, done);
  });
}

async function end(
  deps: RunDeps,
  { held, principal, runner }: Run,
  work: PlanWork,
  { live }: BringParts,
  done: readonly DoneStep[],
): Promise<void> {
  const { tenant } = principal;
  const now = deps.now();
  const made = new Set(
    work.steps.filter(({ action }) => action === "create").map(({ kind, name }) => `${kind}/${name}`),
  );
  const known = work.known.map((each) => ({
    ...each,
    resource_id: live.named(each.kind, each.name)[0]?.id ?? "",
    made: made.has(`${each.kind}/${each.name}`),
  }));
  const gone = work.steps.filter(({ action }) => action === "delete").map(({ kind, name }) => ({ kind, name }));
  await deps.database.tenant(tenant, async (transaction) => {
    const ended = await endPlan(transaction, tenant, held.plan.id, runner, { state: "applied", error: "", now });
    if (!ended) return;
    await saveKnown(transaction, tenant, known, now);
    await forgetKnown(transaction, tenant, gone);
    tellSteps(transaction, deps.keepers, { planId: held.plan.id, principal, now }, done);
  });
}

interface Progress {
  readonly state: "applying" | "undoing";
  readonly reached: number;
  readonly error: string;
  /** What was done since the last time. */
  readonly done: readonly DoneStep[];
}

/** Notes how far the plan is, and tells what was done; ends this run when another gateway has taken the plan over. */
async function touch(deps: RunDeps, { held, principal, runner }: Run, progress: Progress): Promise<void> {
  const { database, keepers, now } = deps;
  const { done, ...noted } = progress;
  const at = now();
  const isOurs = await database.tenant(principal.tenant, async (work) => {
    if (!(await touchPlan(work, principal.tenant, held.plan.id, runner, { ...noted, now: at }))) return false;
    tellSteps(work, keepers, { planId: held.plan.id, principal, now: at }, done);
    return true;
  });
  if (!isOurs) throw new TakenOver();
}

const kindsOf = ({ steps, known }: PlanWork): Set<string> =>
  new Set([...steps.map(({ kind }) => kind), ...known.map(({ kind }) => kind)]);
