import type { ServiceDatabase } from "@muster/postgres/service-database";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import { FIRST_TENANT } from "../domain/principal.ts";
import { hashSecret, newApiToken } from "../domain/secrets.ts";
import type { GatewayTables } from "../storage/tables.ts";
import { insertUser, newUser } from "./users.ts";

export interface FirstAdmin {
  readonly email: string;
  readonly password: string;
  /** An API token with an administrator's rights. */
  readonly token: string;
}

const EMAIL = "admin@localhost";

/** Makes the first tenant with its administrator and an API token, unless anybody may sign in already. */
export async function createFirstAdmin(
  database: ServiceDatabase<GatewayTables>,
  password: string,
  now: Date,
): Promise<FirstAdmin | undefined> {
  const user = await newUser(FIRST_TENANT, { email: EMAIL, name: "Administrator", role: "admin", password }, now);
  const token = newApiToken();
  return database.system(async (work) => {
    // Two at once: the second waits, and finds the first's administrator.
    await sql`select pg_advisory_xact_lock(hashtext('muster.first-admin'))`.execute(work.sql);
    if ((await work.sql.selectFrom("users").select("id").limit(1).executeTakeFirst()) !== undefined) return undefined;
    await work.sql
      .insertInto("tenants")
      .values({ tenant: FIRST_TENANT, name: "Default", created_at: now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await insertUser(work.sql, user);
    await work.sql
      .insertInto("api_tokens")
      .values({
        tenant: FIRST_TENANT,
        id: uuidv7(),
        name: "first",
        role: "admin",
        token_hash: hashSecret(token),
        hint: token.slice(-4),
        created_by: EMAIL,
        owner_id: user.id,
        created_at: now,
        expires_at: null,
        last_used_at: null,
        revoked_at: null,
      })
      .execute();
    return { email: EMAIL, password, token };
  });
}
