import type { Tenant } from "@muster/contracts/gen/muster/gateway/v1/identity";
import type {
  CreateTenantRequest,
  CreateTenantResponse,
} from "@muster/contracts/gen/muster/gateway/v1/identity_service";
import type { ServiceDatabase, Work } from "@muster/postgres/service-database";
import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { nameOf, tenantIdOf } from "../domain/names.ts";
import { FIRST_TENANT, type Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import type { GatewayTables, TenantRow } from "../storage/tables.ts";
import { insertUser, newUser } from "./users.ts";

/** The organisations on this platform. */
export class Tenants {
  readonly #database: ServiceDatabase<GatewayTables>;
  readonly #now: () => Date;

  constructor(database: ServiceDatabase<GatewayTables>, now: () => Date) {
    this.#database = database;
    this.#now = now;
  }

  listAll(): Promise<Tenant[]> {
    return this.#database.system(list);
  }

  listOwn(tenant: string): Promise<Tenant[]> {
    return this.#database.tenant(tenant, list);
  }

  async create(request: CreateTenantRequest, principal: Principal): Promise<CreateTenantResponse> {
    if (principal.tenant !== FIRST_TENANT) {
      throw refuse("identity.not_first_tenant", `only administrators of the tenant "${FIRST_TENANT}" make tenants`);
    }
    const tenant = tenantIdOf(request.id);
    const row = {
      tenant,
      name: nameOf(request.name === "" ? tenant : request.name, "a tenant"),
      created_at: this.#now(),
    };
    const admin = await newUser(
      tenant,
      { email: request.adminEmail, name: "", role: "admin", password: request.adminPassword },
      this.#now(),
    );
    return this.#database.tenant(tenant, async (work) => {
      await insertTenant(work, row);
      return { tenant: tenantOf(row), admin: await insertUser(work.sql, admin) };
    });
  }
}

async function insertTenant(work: Work<GatewayTables>, row: TenantRow): Promise<void> {
  try {
    await work.sql.insertInto("tenants").values(row).execute();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw refuse("identity.tenant_taken", `there is a tenant "${row.tenant}" already`);
  }
}

// Which tenants are seen is row-level security's to say.
async function list(work: Work<GatewayTables>): Promise<Tenant[]> {
  const rows = await work.sql.selectFrom("tenants").selectAll().orderBy("tenant").execute();
  return rows.map(tenantOf);
}

const tenantOf = (row: TenantRow): Tenant => ({ id: row.tenant, name: row.name, createdAt: row.created_at });
