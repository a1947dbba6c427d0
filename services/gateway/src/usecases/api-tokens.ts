import type { ApiToken } from "@muster/contracts/gen/muster/gateway/v1/identity";
import type { CreateApiTokenRequest } from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Transaction } from "kysely";
import { validate as isUuid, v7 as uuidv7 } from "uuid";
import { nameOf } from "../domain/names.ts";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { hashSecret, newApiToken } from "../domain/secrets.ts";
import { refuseRole } from "../storage/roles.ts";
import type { ApiTokenRow, GatewayTables } from "../storage/tables.ts";

/** The tokens with which programs call the API. */
export class ApiTokens {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #now: () => Date;

  constructor(database: ServiceDatabase<GatewayTables>, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  async create(request: CreateApiTokenRequest, principal: Principal): Promise<ApiToken> {
    const role = request.role === "" ? principal.role : request.role;
    const now = this.#now();
    if (request.expiresAt !== undefined && request.expiresAt <= now) {
      throw refuse("identity.bad_expiry", "expiresAt lies in the past");
    }
    const token = newApiToken();
    const row: ApiTokenRow = {
      tenant: principal.tenant,
      id: uuidv7(),
      name: nameOf(request.name, "a token"),
      role,
      token_hash: hashSecret(token),
      hint: token.slice(-4),
      created_by: principal.actor,
      owner_id: principal.ownerId || null,
      created_at: now,
      expires_at: request.expiresAt ?? null,
      last_used_at: null,
      revoked_at: null,
    };
    return this.#database.tenant(principal.tenant, async (work) => {
      // Without a role of its own it has the one of its maker, whose rights may be fewer than the role's.
      if (request.role !== "") await refuseRole(work.sql, principal, role, "give");
      const end = earlier(row.expires_at, await endOf(work.sql, principal));
      const kept = { ...row, expires_at: end };
      await work.sql.insertInto("api_tokens").values(kept).execute();
      return { ...apiTokenOf(kept), token };
    });
  }

  list(tenant: string): Promise<ApiToken[]> {
    return this.#database.tenant(tenant, async (work) => {
      const query = work.sql.selectFrom("api_tokens").selectAll().where("tenant", "=", tenant);
      return (await query.orderBy("created_at", "desc").orderBy("id", "desc").execute()).map(apiTokenOf);
    });
  }

  /** Revoking twice changes nothing. */
  async revoke(id: string, principal: Principal): Promise<ApiToken> {
    const { tenant } = principal;
    return this.#database.tenant(tenant, async (work) => {
      const row = isUuid(id)
        ? await work.sql
            .selectFrom("api_tokens")
            .selectAll()
            .where("tenant", "=", tenant)
            .where("id", "=", id)
            .forUpdate()
            .executeTakeFirst()
        : undefined;
      if (row === undefined) throw refuse("identity.token_unknown", `there is no API token ${id}`);
      await refuseRole(work.sql, principal, row.role, "revoke a token with");
      const revokedAt = row.revoked_at ?? this.#now();
      await work.sql
        .updateTable("api_tokens")
        .set({ revoked_at: revokedAt })
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .execute();
      return apiTokenOf({ ...row, revoked_at: revokedAt });
    });
  }
}

/** When the token ends with which this is asked: what it makes does not outlive it. */
async function endOf(sql: Transaction<GatewayTables>, { credential, proof, tenant }: Principal): Promise<Date | null> {
  if (proof !== "token") return null;
  const maker = await sql
    .selectFrom("api_tokens")
    .select("expires_at")
    .where("tenant", "=", tenant)
    .where("id", "=", credential)
    .executeTakeFirst();
  return maker?.expires_at ?? null;
}

const earlier = (one: Date | null, other: Date | null): Date | null =>
  one === null || (other !== null && other < one) ? other : one;

const apiTokenOf = (row: ApiTokenRow): ApiToken => ({
  id: row.id,
  name: row.name,
  token: "",
  role: row.role,
  hint: row.hint,
  createdBy: row.created_by,
  ownerId: row.owner_id ?? "",
  createdAt: row.created_at,
  expiresAt: row.expires_at ?? undefined,
  lastUsedAt: row.last_used_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
});
