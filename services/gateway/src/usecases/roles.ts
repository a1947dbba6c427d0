import type { Role } from "@muster/contracts/gen/muster/gateway/v1/identity";
import type {
  CreateRoleRequest,
  DeleteRoleRequest,
  UpdateRoleRequest,
} from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import { expectRevision } from "@muster/host/revision";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { actionsOf, descriptionOf, labelsOf, ownRoleName, refuseBuiltIn } from "../domain/own-role.ts";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { ACTIONS, DESCRIPTIONS, ROLES, refuseBeyond } from "../domain/roles.ts";
import { holdersOf, holdRole } from "../storage/roles.ts";
import type { GatewayTables, RoleRow } from "../storage/tables.ts";

/** What people and tokens may be: Muster's roles, and those that a tenant makes of single rights. */
export class Roles {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #now: () => Date;

  constructor(database: ServiceDatabase<GatewayTables>, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  async list(tenant: string): Promise<Role[]> {
    const own = await this.#database.tenant(tenant, (work) =>
      work.sql.selectFrom("roles").selectAll().where("tenant", "=", tenant).orderBy("name").execute(),
    );
    return [...BUILT_IN, ...own.map(roleOf)];
  }

  async create(request: CreateRoleRequest, principal: Principal): Promise<Role> {
    const row = this.#made(request, principal);
    return this.#database.tenant(principal.tenant, async (work) => {
      try {
        await work.sql.insertInto("roles").values(row).execute();
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw refuse("identity.role_taken", `there is a role ${row.name} already`);
      }
      return roleOf(row);
    });
  }

  /** The role as it would be kept, whether it is made or replaces the one of its name. */
  async check(wanted: Role | undefined, principal: Principal): Promise<Role> {
    const made = this.#made(wanted ?? { name: "", description: "", actions: [], labelIds: [] }, principal);
    const { name, tenant } = made;
    const present = await this.#database.tenant(tenant, (work) =>
      work.sql.selectFrom("roles").selectAll().where("tenant", "=", tenant).where("name", "=", name).executeTakeFirst(),
    );
    if (present === undefined) return roleOf(made);
    refuseBeyond(principal, present.actions, CHANGED_BEYOND);
    if (present.label_ids.length > 0 && made.label_ids.length === 0)
      throw refuse("identity.bad_label", "labels are missing: a role that is bound to labels stays bound to some");
    return roleOf({ ...made, created_by: present.created_by, created_at: present.created_at });
  }

  update(request: UpdateRoleRequest, principal: Principal): Promise<Role> {
    const { tenant } = principal;
    const name = refuseBuiltIn(request.name);
    const changes = {
      ...(request.description !== undefined && { description: descriptionOf(request.description) }),
      ...(request.actions.length > 0 && { actions: actionsOf(request.actions) }),
      ...(request.labelIds.length > 0 && { label_ids: labelsOf(request.labelIds) }),
      updated_at: this.#now(),
    };
    return this.#database.tenant(tenant, async (work) => {
      const row = await holdRole(work.sql, tenant, name);
      expectRevision(row, request.expectedRevisions);
      const rights = [...row.actions, ...(changes.actions ?? [])];
      refuseBeyond(principal, rights, CHANGED_BEYOND);
      const changed = { ...changes, revision: row.revision + 1 };
      await work.sql.updateTable("roles").set(changed).where("tenant", "=", tenant).where("name", "=", name).execute();
      return roleOf({ ...row, ...changed });
    });
  }

  async delete(request: DeleteRoleRequest, principal: Principal): Promise<void> {
    const { tenant } = principal;
    const name = refuseBuiltIn(request.name);
    await this.#database.tenant(tenant, async (work) => {
      const row = await holdRole(work.sql, tenant, name);
      expectRevision(row, request.expectedRevisions);
      refuseBeyond(principal, row.actions, "delete a role with rights that it has not");
      const { providers, tokens, users } = await holdersOf(work.sql, tenant, name);
      if (providers + tokens + users > 0)
        throw refuse(
          "identity.role_in_use",
          `${users} users and ${tokens} tokens have the role ${name}, and ${providers} sign-in providers give it; give another or revoke them first`,
        );
      await work.sql.deleteFrom("roles").where("tenant", "=", tenant).where("name", "=", name).execute();
    });
  }

  #made(request: CreateRoleRequest, principal: Principal): RoleRow {
    const now = this.#now();
    const row: RoleRow = {
      tenant: principal.tenant,
      name: ownRoleName(request.name),
      description: descriptionOf(request.description),
      actions: actionsOf(request.actions),
      label_ids: labelsOf(request.labelIds),
      created_by: principal.actor,
      created_at: now,
      updated_at: now,
      revision: 1,
    };
    refuseBeyond(principal, row.actions, "make a role of rights that it has not");
    return row;
  }
}

const CHANGED_BEYOND = "change a role with rights that it has not";

const BUILT_IN: readonly Role[] = ROLES.map((name) => ({
  name,
  description: DESCRIPTIONS[name],
  actions: [...ACTIONS[name]],
  labelIds: [],
  builtIn: true,
  createdBy: "",
  createdAt: undefined,
  updatedAt: undefined,
  revision: 0,
}));

const roleOf = (row: RoleRow): Role => ({
  name: row.name,
  description: row.description,
  actions: row.actions,
  labelIds: row.label_ids,
  builtIn: false,
  createdBy: row.created_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revision: row.revision,
});
