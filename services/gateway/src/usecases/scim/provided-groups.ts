import { type Selectable, type Transaction, sql as text } from "kysely";
import { validate as isUuid, v7 as uuidv7 } from "uuid";
import { refuse } from "../../domain/refusals.ts";
import { badValue } from "../../domain/scim/attributes.ts";
import type { Change } from "../../domain/scim/patch.ts";
import { changedGroup, groupResource, type ProvidedGroup, without } from "../../domain/scim/provided-group.ts";
import { type ListQuery, listResponse } from "../../domain/scim/query.ts";
import type { SignInProvider } from "../../domain/sign-in-provider.ts";
import type { GatewayTables, ProviderGroupRow } from "../../storage/tables.ts";
import type { ProvidedDeps } from "./provided-users.ts";
import { settleRoles } from "./roles-of-groups.ts";
import { refuseTaken } from "./taken.ts";

type Sql = Transaction<GatewayTables>;
type KeptGroup = Selectable<ProviderGroupRow>;

/** The groups that a sign-in provider keeps here; what they may do is said by the provider's mapping. */
export class ProvidedGroups {
  readonly #deps: ProvidedDeps;

  constructor(deps: ProvidedDeps) {
    this.#deps = deps;
  }

  /** Members are left out where they are not wanted: a group can have thousands. */
  list({ id, tenant }: SignInProvider, query: ListQuery, withMembers: boolean): Promise<object> {
    return this.#deps.database.tenant(tenant, async ({ sql }) => {
      let wanted = sql.selectFrom("provider_groups").where("tenant", "=", tenant).where("provider_id", "=", id);
      if (query.filter?.attribute === "externalid") wanted = wanted.where("external_id", "=", query.filter.value);
      if (query.filter?.attribute === "displayname")
        wanted = wanted.where(text`lower(name)`, "=", query.filter.value.toLowerCase());
      const { total } = await wanted.select(({ fn }) => fn.countAll<string>().as("total")).executeTakeFirstOrThrow();
      const rows = await wanted.selectAll().orderBy("id").offset(query.skip).limit(query.count).execute();
      const told = [];
      for (const row of rows) told.push(await this.#told(sql, row, withMembers));
      return listResponse(told, Number(total), query);
    });
  }

  get({ id: providerId, tenant }: SignInProvider, id: string, withMembers: boolean): Promise<object> {
    return this.#deps.database.tenant(tenant, async ({ sql }) =>
      this.#told(sql, await lockGroup(sql, tenant, providerId, id), withMembers),
    );
  }

  create(provider: SignInProvider, group: ProvidedGroup): Promise<object> {
    const { id: providerId, tenant } = provider;
    return refuseTaken(
      this.#deps.database.tenant(tenant, async ({ sql }) => {
        const row = await sql
          .insertInto("provider_groups")
          .values({
            tenant,
            id: uuidv7(),
            provider_id: providerId,
            name: group.name,
            external_id: group.externalId ?? null,
            created_at: this.#deps.now(),
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        await writeMembers(sql, provider, row, group.members);
        await settleRoles(sql, provider, [...group.members]);
        return this.#told(sql, row, true);
      }),
    );
  }

  replace(provider: SignInProvider, id: string, group: ProvidedGroup): Promise<object> {
    return this.#change(provider, id, () => group);
  }

  patch(provider: SignInProvider, id: string, changes: readonly Change[]): Promise<object> {
    return this.#change(provider, id, (group) => changes.reduce(changedGroup, group));
  }

  async delete(provider: SignInProvider, id: string): Promise<void> {
    const { id: providerId, tenant } = provider;
    await this.#deps.database.tenant(tenant, async ({ sql }) => {
      const row = await lockGroup(sql, tenant, providerId, id);
      const members = await membersOf(sql, row);
      await sql.deleteFrom("provider_groups").where("tenant", "=", tenant).where("id", "=", id).execute();
      await settleRoles(sql, provider, [...members]);
    });
  }

  #change(provider: SignInProvider, id: string, next: (group: ProvidedGroup) => ProvidedGroup): Promise<object> {
    const { id: providerId, tenant } = provider;
    return refuseTaken(
      this.#deps.database.tenant(tenant, async ({ sql }) => {
        const before = await lockGroup(sql, tenant, providerId, id);
        const members = await membersOf(sql, before);
        const group = next({ name: before.name, externalId: before.external_id ?? undefined, members });
        const names = { name: group.name, external_id: group.externalId ?? null };
        await sql.updateTable("provider_groups").set(names).where("tenant", "=", tenant).where("id", "=", id).execute();
        const [added, removed] = [without(group.members, members), without(members, group.members)];
        await writeMembers(sql, provider, before, added);
        await removeMembers(sql, before, removed);
        // Under another name it may be mapped to another role, for all of them.
        const isNamedAnew = names.name !== before.name || names.external_id !== before.external_id;
        await settleRoles(sql, provider, [...(isNamedAnew ? group.members : added), ...removed]);
        return this.#told(sql, { ...before, ...names }, true);
      }),
    );
  }

  async #told(sql: Sql, row: KeptGroup, withMembers: boolean): Promise<object> {
    const members = withMembers ? await membersOf(sql, row) : new Set<string>();
    const group = { name: row.name, externalId: row.external_id ?? undefined, members };
    return groupResource(row.id, group, row.created_at, this.#deps.base);
  }
}

async function lockGroup(sql: Sql, tenant: string, providerId: string, id: string): Promise<KeptGroup> {
  const row = isUuid(id)
    ? await sql
        .selectFrom("provider_groups")
        .selectAll()
        .where("tenant", "=", tenant)
        .where("provider_id", "=", providerId)
        .where("id", "=", id)
        .forUpdate()
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw refuse("scim.unknown", `there is no group ${id}`);
  return row;
}

async function membersOf(sql: Sql, { id, tenant }: KeptGroup): Promise<ReadonlySet<string>> {
  const rows = await sql
    .selectFrom("provider_group_members")
    .select("user_id")
    .where("tenant", "=", tenant)
    .where("group_id", "=", id)
    .orderBy("user_id")
    .execute();
  return new Set(rows.map(({ user_id: userId }) => userId));
}

async function writeMembers(
  sql: Sql,
  provider: SignInProvider,
  { id, tenant }: KeptGroup,
  members: ReadonlySet<string>,
): Promise<void> {
  const stranger = [...members].find((each) => !isUuid(each));
  if (stranger !== undefined) throw badValue(`there is no user ${stranger}`);
  if (members.size === 0) return;
  const known = await sql
    .selectFrom("users")
    .select("id")
    .where("tenant", "=", tenant)
    .where("provider_id", "=", provider.id)
    .where("id", "in", [...members])
    .execute();
  if (known.length < members.size) throw badValue("a member is no user that this provider keeps here");
  const rows = known.map(({ id: userId }) => ({ tenant, group_id: id, user_id: userId }));
  await sql.insertInto("provider_group_members").values(rows).execute();
}

async function removeMembers(sql: Sql, { id, tenant }: KeptGroup, members: ReadonlySet<string>): Promise<void> {
  if (members.size === 0) return;
  await sql
    .deleteFrom("provider_group_members")
    .where("tenant", "=", tenant)
    .where("group_id", "=", id)
    .where("user_id", "in", [...members])
    .execute();
}
