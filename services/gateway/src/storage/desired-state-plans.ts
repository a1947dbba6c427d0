import type { DesiredStatePlan } from "@muster/contracts/gen/muster/gateway/v1/desired_state";
import type { Work } from "@muster/postgres/service-database";
import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { type Selectable, sql } from "kysely";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import type { DesiredStatePlanRow, GatewayTables } from "./tables.ts";

type Sql = Work<GatewayTables>;

/** A plan and how far it is. */
export interface HeldPlan {
  readonly plan: DesiredStatePlan;
  /** What is needed to carry it out, sealed; null once it ended. */
  readonly work: Buffer | null;
  readonly reached: number;
  readonly principal: Principal | undefined;
}

const STATE = "DESIRED_STATE_PLAN_STATE_";

export async function insertPlan(
  { sql: transaction }: Sql,
  tenant: string,
  plan: DesiredStatePlan,
  work: Buffer,
): Promise<void> {
  const { id, createdAt, expiresAt } = plan;
  await sql`
    insert into desired_state_plans (tenant, id, state, plan, work, created_at, expires_at)
    values (${tenant}, ${id}, 'planned', ${JSON.stringify(plan)}::jsonb, ${work}, ${createdAt}, ${expiresAt})`.execute(
    transaction,
  );
}

export async function findPlan({ sql: transaction }: Sql, tenant: string, id: string): Promise<HeldPlan> {
  const { rows } = await sql<Selectable<DesiredStatePlanRow>>`
    select * from desired_state_plans where tenant = ${tenant} and id::text = ${id}`.execute(transaction);
  if (rows[0] === undefined) throw refuse("desired_state.plan_unknown", `there is no plan ${id}: make a new one`);
  return heldOf(rows[0]);
}

/** Plans that were begun, whether they ended or not, newest first: those with smaller ids than this one's, if any. */
export async function listBegunPlans(
  { sql: transaction }: Sql,
  tenant: string,
  before: string | undefined,
  limit: number,
): Promise<HeldPlan[]> {
  const { rows } = await sql<Selectable<DesiredStatePlanRow>>`
    select * from desired_state_plans where tenant = ${tenant} and state <> 'planned'
      and (${before ?? null}::text is null or id::text < ${before ?? null})
    order by id desc limit ${limit}`.execute(transaction);
  return rows.map(heldOf);
}

/** Begins to carry a plan out; false when it was begun before. */
export async function beginPlan(
  { sql: transaction }: Sql,
  principal: Principal,
  id: string,
  runner: string,
  now: Date,
): Promise<boolean> {
  try {
    const { numAffectedRows } = await sql`
      update desired_state_plans set state = 'applying', runner = ${runner}, touched_at = ${now},
        principal = ${JSON.stringify(principal)}::jsonb
      where tenant = ${principal.tenant} and id = ${id} and state = 'planned'`.execute(transaction);
    return numAffectedRows === 1n;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw refuse("desired_state.busy", "another plan is being carried out: wait until it ended, and make a new plan");
  }
}

/** Notes how far a plan is; false when another gateway has taken it over. */
export async function touchPlan(
  { sql: transaction }: Sql,
  tenant: string,
  id: string,
  runner: string,
  progress: {
    readonly state: "applying" | "undoing";
    readonly reached: number;
    readonly error: string;
    readonly now: Date;
  },
): Promise<boolean> {
  const { state, reached, error, now } = progress;
  const { numAffectedRows } = await sql`
    update desired_state_plans set state = ${state}, reached = ${reached}, error = ${error}, touched_at = ${now}
    where tenant = ${tenant} and id = ${id} and runner = ${runner}`.execute(transaction);
  return numAffectedRows === 1n;
}

/** Ends a plan; what it needed, and the secrets in it, are forgotten. */
export async function endPlan(
  { sql: transaction }: Sql,
  tenant: string,
  id: string,
  runner: string,
  end: { readonly state: "applied" | "undone"; readonly error: string; readonly now: Date },
): Promise<boolean> {
  const { state, error, now } = end;
  const { numAffectedRows } = await sql`
    update desired_state_plans set state = ${state}, error = ${error}, ended_at = ${now}, work = null
    where tenant = ${tenant} and id = ${id} and runner = ${runner} and state in ('applying', 'undoing')`.execute(
    transaction,
  );
  return numAffectedRows === 1n;
}

/** Takes over a plan whose gateway gave no sign of life for too long. */
export async function takeOverPlan(
  { sql: transaction }: Sql,
  runner: string,
  silentSince: Date,
  now: Date,
): Promise<HeldPlan | undefined> {
  const { rows } = await sql<Selectable<DesiredStatePlanRow>>`
    update desired_state_plans set runner = ${runner}, touched_at = ${now} where (tenant, id) in (
      select tenant, id from desired_state_plans
      where state in ('applying', 'undoing') and touched_at < ${silentSince} limit 1 for update skip locked)
    returning *`.execute(transaction);
  return rows[0] && heldOf(rows[0]);
}

/** Forgets the secrets of plans that nobody can apply any more, and plans that nobody asks for. */
export async function forgetPlans({ sql: transaction }: Sql, createdBefore: Date, now: Date): Promise<void> {
  await sql`
    update desired_state_plans set work = null
    where state = 'planned' and expires_at < ${now} and work is not null`.execute(transaction);
  await sql`
    delete from desired_state_plans
    where created_at < ${createdBefore} and state not in ('applying', 'undoing')`.execute(transaction);
}

function heldOf({ plan, state, work, reached, principal, error, ended_at }: Selectable<DesiredStatePlanRow>): HeldPlan {
  const written = plan as DesiredStatePlan;
  return {
    plan: {
      ...written,
      createdAt: new Date(String(written.createdAt)),
      expiresAt: new Date(String(written.expiresAt)),
      state: `${STATE}${state.toUpperCase()}` as DesiredStatePlan["state"],
      error,
      endedAt: ended_at ?? undefined,
    },
    work,
    reached,
    principal: (principal as Principal | null) ?? undefined,
  };
}
