import type { DesiredStatePlan } from "@muster/contracts/gen/muster/gateway/v1/desired_state";
import type { ExportDesiredStateResponse } from "@muster/contracts/gen/muster/gateway/v1/desired_state_service";
import type { Lifecycle } from "@muster/host/lifecycle";
import { v7 as uuidv7 } from "uuid";
import { kindNamed } from "../../domain/desired-state/kinds.ts";
import { told } from "../../domain/desired-state/step.ts";
import type { Principal } from "../../domain/principal.ts";
import { refuse } from "../../domain/refusals.ts";
import { beginPlan, findPlan, forgetPlans, type HeldPlan, takeOverPlan } from "../../storage/desired-state-plans.ts";
import { exportDesiredState } from "./export-desired-state.ts";
import { digestOf, type PlanWish, planDesiredState } from "./plan-desired-state.ts";
import { openWork, type PlanWork } from "./plan-work.ts";
import type { Act } from "./ports.ts";
import { readLive, requireRight } from "./read-live.ts";
import { type Run, type RunDeps, runPlan } from "./run-plan.ts";

/** How long an answer waits for the plan to end; afterwards it is asked for. */
const WAIT_MS = 8_000;
const SWEEP_EVERY_MS = 10_000;
/** Longer than any batch of steps takes, as each call takes 10 s at most and is tried four times. */
const SILENT_AFTER_MS = 60_000;
const KEPT_MS = 30 * 86_400_000;
const ACTS = { create: "create", change: "update", delete: "remove" } as const satisfies Record<string, Act>;

/** Plans, and their way to the services; what a gateway left in the midst, another one takes over. */
export class DesiredState {
  readonly #deps: RunDeps;
  readonly #running = new Set<Promise<void>>();

  constructor(deps: RunDeps) {
    this.#deps = deps;
  }

  plan(wish: PlanWish, principal: Principal): Promise<DesiredStatePlan> {
    return planDesiredState(this.#deps)(wish, principal);
  }

  export(kinds: readonly string[], principal: Principal): Promise<ExportDesiredStateResponse> {
    return exportDesiredState(this.#deps.keepers, kinds, principal);
  }

  async get(id: string, { tenant }: Principal): Promise<DesiredStatePlan> {
    return (await this.#find(id, tenant)).plan;
  }

  /** Carries a plan out. Refused, with nothing done, when anything moved since it was made. */
  async apply(id: string, principal: Principal): Promise<DesiredStatePlan> {
    const { tenant } = principal;
    const held = await this.#find(id, tenant);
    if (held.plan.state !== "DESIRED_STATE_PLAN_STATE_PLANNED")
      throw refuse("desired_state.already_applied", "the plan was applied before: make a new one");
    const now = this.#deps.now();
    if (held.work === null || (held.plan.expiresAt !== undefined && held.plan.expiresAt < now))
      throw refuse("desired_state.expired", "the plan is too old to be applied: make a new one");
    const work = openWork(this.#deps.vault, tenant, id, held.work);
    for (const step of work.steps) {
      const kind = kindNamed(step.kind);
      if (kind !== undefined) requireRight(this.#deps.keepers, kind, ACTS[step.action], principal);
    }
    await this.#refuseMoved(work, principal);
    const runner = uuidv7();
    const begun = await this.#deps.database.tenant(tenant, (sql) => beginPlan(sql, principal, id, runner, now));
    if (!begun) throw refuse("desired_state.already_applied", "the plan was applied before: make a new one");
    const running = this.#run({ held, principal, runner });
    await Promise.race([running, new Promise((resolve) => setTimeout(resolve, WAIT_MS).unref())]);
    return this.get(id, principal);
  }

  start(lifecycle: Lifecycle): void {
    const sweep = () => {
      this.sweep().catch((error: unknown) => this.#deps.log.warn({ err: error }, "plans were not looked for"));
    };
    sweep();
    const sweeping = setInterval(sweep, SWEEP_EVERY_MS);
    lifecycle.add("plans of the desired state", async () => {
      clearInterval(sweeping);
      await Promise.allSettled(this.#running);
    });
  }

  /** Takes over what another gateway left in the midst, and forgets old plans. */
  async sweep(): Promise<void> {
    const now = this.#deps.now();
    const runner = uuidv7();
    const held = await this.#deps.database.system(async (work) => {
      await forgetPlans(work, new Date(now.getTime() - KEPT_MS), now);
      return takeOverPlan(work, runner, new Date(now.getTime() - SILENT_AFTER_MS), now);
    });
    if (held?.principal !== undefined) await this.#run({ held, principal: held.principal, runner });
  }

  /** A run that fails here stays where it is, and is taken over once it was silent for long enough. */
  #run(run: Run): Promise<void> {
    const running = runPlan(this.#deps, run)
      .catch((error: unknown) =>
        this.#deps.log.error({ err: error, plan: run.held.plan.id }, "a plan is left in the midst, and taken up again"),
      )
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  async #refuseMoved({ seen }: PlanWork, principal: Principal): Promise<void> {
    const { keepers } = this.#deps;
    const live = await readLive(
      keepers,
      seen.map(({ kind }) => kind),
      principal,
    );
    const moved = seen.filter(({ kind, name, digest }) => digestOf({ keepers }, live, kind, name) !== digest);
    if (moved.length === 0) return;
    const names = moved
      .slice(0, 10)
      .map((each) => told(each))
      .join(", ");
    const more = moved.length > 10 ? ` and ${moved.length - 10} more` : "";
    throw refuse("desired_state.moved", `since the plan was made these were changed: ${names}${more}. Make a new plan`);
  }

  #find(id: string, tenant: string): Promise<HeldPlan> {
    return this.#deps.database.tenant(tenant, (work) => findPlan(work, tenant, id));
  }
}
