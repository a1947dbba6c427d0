import type { User } from "@muster/contracts/gen/muster/gateway/v1/identity";
import type {
  CreateUserRequest,
  DeleteUserRequest,
  UpdateUserRequest,
} from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import { expectRevision } from "@muster/host/revision";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { isUniqueViolation } from "@muster/postgres/sqlstate";
import type { Insertable, Selectable, Transaction } from "kysely";
import { validate as isUuid, v7 as uuidv7 } from "uuid";
import { emailOf, nameOf } from "../domain/names.ts";
import { checkPassword, hashPassword } from "../domain/password.ts";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { refuseRole } from "../storage/roles.ts";
import type { GatewayTables, UserRow } from "../storage/tables.ts";
import { endSessions, revokeTokensOf } from "./sessions.ts";

/** The people of a tenant. */
export class Users {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #now: () => Date;

  constructor(database: ServiceDatabase<GatewayTables>, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  async create(request: CreateUserRequest, principal: Principal): Promise<User> {
    const { tenant } = principal;
    const user = await newUser(tenant, request, this.#now());
    return this.#database.tenant(tenant, async (work) => {
      await refuseRole(work.sql, principal, user.role, "give");
      return insertUser(work.sql, user);
    });
  }

  list(tenant: string): Promise<User[]> {
    return this.#database.tenant(tenant, async (work) => {
      const rows = await work.sql
        .selectFrom("users")
        .selectAll()
        .where("tenant", "=", tenant)
        .orderBy("email")
        .execute();
      return rows.map(userOf);
    });
  }

  async update(request: UpdateUserRequest, principal: Principal): Promise<User> {
    const { tenant } = principal;
    if (request.password !== undefined) checkPassword(request.password);
    const changes = {
      ...(request.name !== undefined && { name: nameOf(request.name, "a user") }),
      ...(request.role !== undefined && { role: request.role }),
      ...(request.disabled !== undefined && { disabled: request.disabled }),
      ...(request.password !== undefined && { password_hash: await hashPassword(request.password) }),
    };
    return this.#database.tenant(tenant, async (work) => {
      const user = await lockUser(work.sql, tenant, request.id);
      expectRevision(user, request.expectedRevisions);
      if (Object.keys(changes).length === 0) return userOf(user);
      const isKeptThere = request.name !== undefined || request.role !== undefined || request.password !== undefined;
      if (user.provider_id !== null && isKeptThere) {
        const message =
          "the person's sign-in provider says name and role, and there is no password here; change it there";
        throw refuse("identity.kept_by_provider", message);
      }
      await refuseRole(work.sql, principal, user.role, "change somebody with");
      if (request.role !== undefined) await refuseRole(work.sql, principal, request.role, "give");
      const losesAdmin = changes.disabled === true || (changes.role !== undefined && changes.role !== "admin");
      if (losesAdmin) await refuseLastAdmin(work.sql, user);
      if (changes.disabled === true || request.password !== undefined) await endSessions(work.sql, user);
      return userOf(
        await work.sql
          .updateTable("users")
          .set({ ...changes, revision: user.revision + 1 })
          .where("tenant", "=", tenant)
          .where("id", "=", user.id)
          .returningAll()
          .executeTakeFirstOrThrow(),
      );
    });
  }

  /** The tokens that rest on the person's rights end too. */
  async delete({ expectedRevisions, id }: DeleteUserRequest, principal: Principal): Promise<void> {
    const { tenant } = principal;
    await this.#database.tenant(tenant, async (work) => {
      const user = await lockUser(work.sql, tenant, id);
      expectRevision(user, expectedRevisions);
      await refuseRole(work.sql, principal, user.role, "remove somebody with");
      await refuseLastAdmin(work.sql, user);
      await revokeTokensOf(work.sql, user, this.#now());
      await work.sql.deleteFrom("users").where("tenant", "=", tenant).where("id", "=", id).execute();
    });
  }
}

type NewUser = Insertable<UserRow>;
type KeptUser = Selectable<UserRow>;

export async function newUser(tenant: string, request: CreateUserRequest, now: Date): Promise<NewUser> {
  checkPassword(request.password);
  return {
    tenant,
    id: uuidv7(),
    email: emailOf(request.email),
    name: nameOf(request.name === "" ? request.email : request.name, "a user"),
    role: request.role,
    password_hash: await hashPassword(request.password),
    last_sign_in_at: null,
    created_at: now,
  };
}

export async function insertUser(sql: Transaction<GatewayTables>, user: NewUser): Promise<User> {
  try {
    return userOf(await sql.insertInto("users").values(user).returningAll().executeTakeFirstOrThrow());
  } catch (error) {
    if (!isUniqueViolation(error, "users_email") && !isUniqueViolation(error, "users_email_in_tenant")) throw error;
    throw refuse("identity.email_taken", `${user.email} is taken; an address is one person in the whole platform`);
  }
}

/** All administrators of the tenant are locked with the user, so that two cannot remove each other at once. */
export async function lockUser(sql: Transaction<GatewayTables>, tenant: string, id: string): Promise<KeptUser> {
  const rows = await sql
    .selectFrom("users")
    .selectAll()
    .where("tenant", "=", tenant)
    .where((where) => where.or([where("role", "=", "admin"), ...(isUuid(id) ? [where("id", "=", id)] : [])]))
    .orderBy("id")
    .forUpdate()
    .execute();
  const user = rows.find((row) => row.id === id);
  if (user === undefined) throw refuse("identity.user_unknown", `there is no user ${id}`);
  return user;
}

/** One who needs no provider to get in, so that a tenant is not locked out with its provider. */
async function refuseLastAdmin(
  sql: Transaction<GatewayTables>,
  { tenant, id, provider_id, role }: KeptUser,
): Promise<void> {
  if (role !== "admin" || provider_id !== null) return;
  const other = await sql
    .selectFrom("users")
    .select("id")
    .where("tenant", "=", tenant)
    .where("role", "=", "admin")
    .where("disabled", "=", false)
    .where("provider_id", "is", null)
    .where("id", "!=", id)
    .executeTakeFirst();
  if (other === undefined)
    throw refuse("identity.last_admin", "this is the tenant's last administrator with a password; make another first");
}

function userOf(row: KeptUser): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    disabled: row.disabled,
    lastSignInAt: row.last_sign_in_at ?? undefined,
    createdAt: row.created_at,
    providerId: row.provider_id ?? "",
    deprovisioned: row.deprovisioned,
    secondFactor: row.second_factor_at !== null,
    revision: row.revision,
  };
}
