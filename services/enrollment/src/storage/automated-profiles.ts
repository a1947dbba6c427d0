import { type Selectable, sql, type Transaction } from "kysely";
import type { SettingsProfile } from "../domain/automated/settings-profile.ts";
import type { AutomatedProfileTable } from "./automated-tables.ts";
import type { EnrollmentDatabase } from "./tables.ts";

type Connection = Transaction<EnrollmentDatabase>;

const profileOf = (row: Selectable<AutomatedProfileTable>): SettingsProfile => ({
  tenant: row.tenant,
  id: row.id,
  name: row.name,
  settings: row.settings,
  hasReturnNetwork: row.sealed_return_network !== null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revision: row.revision,
});

/** Writes a profile, new or changed. Without a sealed network the one stays that is kept, as long as devices return at all. */
export async function putProfile(
  connection: Connection,
  profile: Omit<SettingsProfile, "hasReturnNetwork">,
  sealedNetwork: Buffer | undefined,
): Promise<SettingsProfile> {
  const { createdAt, id, name, revision, settings, tenant, updatedAt } = profile;
  const { rows } = await sql<Selectable<AutomatedProfileTable>>`
    insert into automated_profiles as p (tenant, id, name, settings, sealed_return_network, created_at, updated_at, revision)
    values (${tenant}, ${id}, ${name}, ${JSON.stringify(settings)}::jsonb, ${sealedNetwork ?? null}, ${createdAt}, ${updatedAt},
      ${revision})
    on conflict (tenant, id) do update
      set name = excluded.name, settings = excluded.settings, updated_at = excluded.updated_at, revision = excluded.revision,
        sealed_return_network = case
        when ${settings.returnToService} then coalesce(excluded.sealed_return_network, p.sealed_return_network) end
    returning *`.execute(connection);
  const [row] = rows;
  if (row === undefined) throw new Error("a profile was not written");
  return profileOf(row);
}

/** The profile that Apple gave a device, with its sealed network. */
export async function profileOfDevice(
  connection: Connection,
  tenant: string,
  serialNumber: string,
): Promise<{ readonly profile: SettingsProfile; readonly sealedNetwork: Buffer | undefined } | undefined> {
  const { rows } = await sql<Selectable<AutomatedProfileTable>>`
    select p.* from automated_devices d
    join automated_definitions f on f.tenant = d.tenant and f.server_id = d.server_id and f.profile_uuid = d.profile_uuid
    join automated_profiles p on p.tenant = f.tenant and p.id = f.profile_id
    where d.tenant = ${tenant} and d.serial_number = ${serialNumber}
    order by d.assigned_at desc nulls last limit 1`.execute(connection);
  return rows.map((row) => ({ profile: profileOf(row), sealedNetwork: row.sealed_return_network ?? undefined }))[0];
}

export async function findProfile(
  connection: Connection,
  tenant: string,
  id: string,
): Promise<SettingsProfile | undefined> {
  const row = await connection
    .selectFrom("automated_profiles")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : profileOf(row);
}

/** The profile, locked. */
export async function lockProfile(
  connection: Connection,
  tenant: string,
  id: string,
): Promise<SettingsProfile | undefined> {
  const row = await connection
    .selectFrom("automated_profiles")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row === undefined ? undefined : profileOf(row);
}

/** Oldest first. */
export async function listProfiles(connection: Connection, tenant: string): Promise<SettingsProfile[]> {
  const rows = await connection
    .selectFrom("automated_profiles")
    .selectAll()
    .where("tenant", "=", tenant)
    .orderBy("id")
    .execute();
  return rows.map(profileOf);
}

/** Removes a profile. What it was at Apple is still known as ours, so that it is taken from the devices that have it there. */
export async function removeProfile(connection: Connection, tenant: string, id: string): Promise<void> {
  await connection.deleteFrom("automated_profiles").where("tenant", "=", tenant).where("id", "=", id).execute();
}

/** Whether a server or a device still has the profile. */
export async function isProfileUsed(connection: Connection, tenant: string, id: string): Promise<boolean> {
  const { rows } = await sql<{ used: boolean }>`
    select exists (
      select from automated_servers where tenant = ${tenant}
        and (default_profile_id = ${id} or rules @> ${JSON.stringify([{ profileId: id }])}::jsonb)
    ) or exists (select from automated_devices where tenant = ${tenant} and chosen_profile_id = ${id}) as used`.execute(
    connection,
  );
  return rows[0]?.used === true;
}

/** A profile as it is defined at Apple for one server. */
export interface Definition {
  readonly tenant: string;
  readonly serverId: string;
  readonly profileId: string;
  readonly profileUuid: string;
  readonly sha256: string;
  /** A later one has taken its place. */
  readonly superseded: boolean;
}

export async function definitionsOf(connection: Connection, tenant: string, serverId: string): Promise<Definition[]> {
  const rows = await connection
    .selectFrom("automated_definitions")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("server_id", "=", serverId)
    .execute();
  return rows.map((row) => ({
    tenant: row.tenant,
    serverId: row.server_id,
    profileId: row.profile_id,
    profileUuid: row.profile_uuid,
    sha256: row.sha256,
    superseded: row.superseded,
  }));
}

/** Writes a definition in the place of the one before. */
export async function putDefinition(connection: Connection, definition: Omit<Definition, "superseded">): Promise<void> {
  const { profileId, profileUuid, serverId, sha256, tenant } = definition;
  await supersedeDefinition(connection, definition);
  await sql`
    insert into automated_definitions (tenant, server_id, profile_uuid, profile_id, sha256)
    values (${tenant}, ${serverId}, ${profileUuid}, ${profileId}, ${sha256})
    on conflict (tenant, server_id, profile_uuid) do update
      set profile_id = excluded.profile_id, sha256 = excluded.sha256, superseded = false`.execute(connection);
}

/** The profile has to be defined anew before it is assigned again. */
export async function supersedeDefinition(
  connection: Connection,
  { profileId, serverId, tenant }: Pick<Definition, "tenant" | "serverId" | "profileId">,
): Promise<void> {
  await sql`
    update automated_definitions set superseded = true
    where tenant = ${tenant} and server_id = ${serverId} and profile_id = ${profileId} and not superseded`.execute(
    connection,
  );
}
