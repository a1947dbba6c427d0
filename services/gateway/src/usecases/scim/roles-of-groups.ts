import { type Transaction, sql as text } from "kysely";
import { roleOfGroups, type SignInProvider } from "../../domain/sign-in-provider.ts";
import { writeTold } from "../../storage/provided-people.ts";
import type { GatewayTables } from "../../storage/tables.ts";

type Sql = Transaction<GatewayTables>;

/** The groups that a provider keeps here, of each of these people: their names, and by what the provider finds them. */
export async function groupsOf(sql: Sql, tenant: string, userIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await sql
    .selectFrom("provider_group_members as m")
    .innerJoin("provider_groups as g", (on) => on.onRef("g.tenant", "=", "m.tenant").onRef("g.id", "=", "m.group_id"))
    .select(["m.user_id", "g.name", "g.external_id"])
    .where("m.tenant", "=", tenant)
    .where("m.user_id", "in", [...userIds])
    .execute();
  const groups = new Map<string, string[]>();
  for (const { external_id: externalId, name, user_id: id } of rows) {
    groups.set(id, [...(groups.get(id) ?? []), name, ...(externalId === null ? [] : [externalId])]);
  }
  return groups;
}

/** Gives people the role of their groups at once; who is in none that counts, or works there no more, is shut out. */
export async function settleRoles(sql: Sql, provider: SignInProvider, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  const { tenant } = provider;
  await holdPeople(sql, tenant, userIds);
  const groups = await groupsOf(sql, tenant, userIds);
  const byRole = Map.groupBy(userIds, (id) => roleOfGroups(groups.get(id) ?? [], provider) ?? "");
  for (const [role, ids] of byRole) {
    await writeTold(sql, tenant, ids, {
      ...(role !== "" && { role }),
      deprovisioned: role === "" ? true : text<boolean>`not active`,
    });
  }
  await text`delete from sessions s using users u where s.tenant = ${tenant} and u.tenant = s.tenant and u.id = s.user_id
    and u.id = any(${userIds}::uuid[]) and u.deprovisioned`.execute(sql);
}

/** Until the transaction ends, so that of two changes at once the later one sees what the other left. */
async function holdPeople(sql: Sql, tenant: string, userIds: readonly string[]): Promise<void> {
  await sql
    .selectFrom("users")
    .select("id")
    .where("tenant", "=", tenant)
    .where("id", "in", [...userIds])
    .orderBy("id")
    .forNoKeyUpdate()
    .execute();
}
