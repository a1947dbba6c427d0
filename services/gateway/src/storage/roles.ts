import { sql, type Transaction } from "kysely";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { ACTIONS, isBuiltIn, ROLES, refuseBeyond } from "../domain/roles.ts";
import type { GatewayTables, RoleRow } from "./tables.ts";

type Sql = Transaction<GatewayTables>;

/** What a role may do, where `own` is what the tenant's role of that name may, if there is one. */
export const rightsOf = (role: string, own: readonly string[] | null): readonly string[] =>
  isBuiltIn(role) ? ACTIONS[role] : (own ?? []);

/** What a role may do that is about to be given to somebody; it stays until this transaction ends. */
async function rightsToGive(db: Sql, tenant: string, role: string): Promise<readonly string[]> {
  if (isBuiltIn(role)) return ACTIONS[role];
  const row = await db
    .selectFrom("roles")
    .select("actions")
    .where("tenant", "=", tenant)
    .where("name", "=", role)
    .forShare()
    .executeTakeFirst();
  if (row === undefined)
    throw refuse(
      "identity.unknown_role",
      `role "${role}" is neither one of ${ROLES.join(", ")} nor one of the tenant's own`,
    );
  return row.actions;
}

/** Whoever gives a role, or changes who has it, does not become more by it. */
export async function refuseRole(db: Sql, principal: Principal, role: string, what: string): Promise<void> {
  refuseBeyond(principal, await rightsToGive(db, principal.tenant, role), `${what} the rights of ${role}`);
}

/** A role of the tenant's own, held until this transaction ends. */
export async function holdRole(db: Sql, tenant: string, name: string): Promise<RoleRow> {
  const row = await db
    .selectFrom("roles")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("name", "=", name)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw refuse("identity.role_unknown", `there is no role ${name}`);
  return row;
}

/** The names of the roles that the tenant made. */
export async function ownRoleNames(db: Sql, tenant: string): Promise<string[]> {
  const rows = await db.selectFrom("roles").select("name").where("tenant", "=", tenant).execute();
  return rows.map(({ name }) => name);
}

export interface Holders {
  readonly users: number;
  readonly tokens: number;
  readonly providers: number;
}

/** How many people and live tokens have a role, and how many sign-in providers give it. */
export async function holdersOf(db: Sql, tenant: string, role: string): Promise<Holders> {
  const { rows } = await sql<Holders>`
    select (select count(*)::int from users where tenant = ${tenant} and role = ${role}) as users,
      (select count(*)::int from api_tokens where tenant = ${tenant} and role = ${role} and revoked_at is null) as tokens,
      (select count(*)::int from sign_in_providers
        where tenant = ${tenant} and roles_of_groups @> ${JSON.stringify([{ role }])}::jsonb) as providers`.execute(db);
  return rows[0] ?? { users: 0, tokens: 0, providers: 0 };
}
