import type { ServiceDatabase } from "@muster/postgres/service-database";
import { type Selectable, type Transaction, sql as text } from "kysely";
import { validate as isUuid, v7 as uuidv7 } from "uuid";
import { refuse } from "../../domain/refusals.ts";
import type { Change } from "../../domain/scim/patch.ts";
import { changedUser, type ProvidedUser, userResource } from "../../domain/scim/provided-user.ts";
import { type ListQuery, listResponse } from "../../domain/scim/query.ts";
import type { SignInProvider } from "../../domain/sign-in-provider.ts";
import { writeTold } from "../../storage/provided-people.ts";
import type { GatewayTables, UserRow } from "../../storage/tables.ts";
import { revokeTokensOf } from "../sessions.ts";
import { settleRoles } from "./roles-of-groups.ts";
import { refuseTaken } from "./taken.ts";

type Sql = Transaction<GatewayTables>;
type KeptUser = Selectable<UserRow>;

export interface ProvidedDeps {
  readonly database: ServiceDatabase<GatewayTables>;
  /** Where the resources are reached. */
  readonly base: string;
  readonly now: () => Date;
}

/** The people that a sign-in provider keeps here. */
export class ProvidedUsers {
  readonly #deps: ProvidedDeps;

  constructor(deps: ProvidedDeps) {
    this.#deps = deps;
  }

  list({ id, tenant }: SignInProvider, query: ListQuery): Promise<object> {
    return this.#deps.database.tenant(tenant, async ({ sql }) => {
      let wanted = sql.selectFrom("users").where("tenant", "=", tenant).where("provider_id", "=", id);
      if (query.filter?.attribute === "externalid") wanted = wanted.where("external_id", "=", query.filter.value);
      if (query.filter?.attribute === "username")
        wanted = wanted.where(USER_NAME, "=", query.filter.value.toLowerCase());
      const { total } = await wanted.select(({ fn }) => fn.countAll<string>().as("total")).executeTakeFirstOrThrow();
      const rows = await wanted.selectAll().orderBy("id").offset(query.skip).limit(query.count).execute();
      return listResponse(
        rows.map((row) => this.#told(row)),
        Number(total),
        query,
      );
    });
  }

  get({ id: providerId, tenant }: SignInProvider, id: string): Promise<object> {
    return this.#deps.database.tenant(tenant, async ({ sql }) =>
      this.#told(await lockUser(sql, tenant, providerId, id)),
    );
  }

  /** Without a group that counts the person cannot come in yet. */
  create(provider: SignInProvider, user: ProvidedUser): Promise<object> {
    const { id: providerId, tenant } = provider;
    return refuseTaken(
      this.#deps.database.tenant(tenant, async ({ sql }) => {
        const made = {
          tenant,
          id: uuidv7(),
          provider_id: providerId,
          role: NO_ROLE_YET,
          password_hash: null,
          deprovisioned: true,
        };
        const times = { last_sign_in_at: null, created_at: this.#deps.now() };
        const row = { ...made, ...times, ...columnsOf(user) };
        return this.#told(await sql.insertInto("users").values(row).returningAll().executeTakeFirstOrThrow());
      }),
    );
  }

  replace(provider: SignInProvider, id: string, user: ProvidedUser): Promise<object> {
    return this.#change(provider, id, () => user);
  }

  patch(provider: SignInProvider, id: string, changes: readonly Change[]): Promise<object> {
    return this.#change(provider, id, (user) => changes.reduce(changedUser, user));
  }

  /** Sessions and tokens end too. */
  async delete({ id: providerId, tenant }: SignInProvider, id: string): Promise<void> {
    await this.#deps.database.tenant(tenant, async ({ sql }) => {
      await lockUser(sql, tenant, providerId, id);
      await revokeTokensOf(sql, { tenant, id }, this.#deps.now());
      await sql.deleteFrom("users").where("tenant", "=", tenant).where("id", "=", id).execute();
    });
  }

  #change(provider: SignInProvider, id: string, next: (user: ProvidedUser) => ProvidedUser): Promise<object> {
    const { id: providerId, tenant } = provider;
    return refuseTaken(
      this.#deps.database.tenant(tenant, async ({ sql }) => {
        const before = await lockUser(sql, tenant, providerId, id);
        const user = next(providedOf(before));
        await writeTold(sql, tenant, [id], { ...columnsOf(user), ...(!user.active && { deprovisioned: true }) });
        // Of somebody who is as active as before the groups have not changed.
        if (user.active !== before.active) await settleRoles(sql, provider, [id]);
        return this.#told(await lockUser(sql, tenant, providerId, id));
      }),
    );
  }

  #told(row: KeptUser): object {
    return userResource(row.id, providedOf(row), row.created_at, this.#deps.base);
  }
}

/** Nobody has it until a group says so: who is in none is shut out. */
const NO_ROLE_YET = "viewer";

const USER_NAME = text<string>`lower(coalesce(user_name, email))`;

const providedOf = (row: KeptUser): ProvidedUser => ({
  userName: row.user_name ?? row.email,
  externalId: row.external_id ?? undefined,
  email: row.email,
  name: row.name,
  active: row.active,
});

const columnsOf = ({ active, email, externalId, name, userName }: ProvidedUser) => ({
  active,
  email,
  external_id: externalId ?? null,
  name,
  user_name: userName,
});

async function lockUser(sql: Sql, tenant: string, providerId: string, id: string): Promise<KeptUser> {
  const row = isUuid(id)
    ? await sql
        .selectFrom("users")
        .selectAll()
        .where("tenant", "=", tenant)
        .where("provider_id", "=", providerId)
        .where("id", "=", id)
        .forUpdate()
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw refuse("scim.unknown", `there is no user ${id}`);
  return row;
}
