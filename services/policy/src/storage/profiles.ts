import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { sql, type Transaction } from "kysely";
import type { Finding } from "../domain/profiles/finding.ts";
import { refuse } from "../domain/refusals.ts";
import type { PolicyTables, ProfilesTable } from "./tables.ts";

/** A profile as it is held, without its content. */
export interface ProfileBrief {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly identifier: string;
  readonly payloadTypes: readonly string[];
  readonly variables: readonly string[];
  readonly warnings: readonly Finding[];
  readonly signer: string;
  readonly digest: Buffer;
  /** Rises with each content that devices have to be sent. */
  readonly revision: number;
  /** Rises with each change. */
  readonly version: number;
  readonly deviceIds: readonly string[];
  readonly labelIds: readonly string[];
  readonly platforms: readonly string[];
  readonly userChannel: boolean;
  readonly updatedBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface HeldProfile extends ProfileBrief {
  readonly sealed: Buffer;
}

const BRIEF = [
  "id",
  "name",
  "description",
  "identifier",
  "payload_types",
  "variables",
  "warnings",
  "signer",
  "digest",
  "revision",
  "version",
  "device_ids",
  "label_ids",
  "platforms",
  "user_channel",
  "updated_by",
  "created_at",
  "updated_at",
] as const satisfies readonly (keyof ProfilesTable)[];

const briefOf = (row: Pick<ProfilesTable, (typeof BRIEF)[number]>): ProfileBrief => ({
  id: row.id,
  name: row.name,
  description: row.description,
  identifier: row.identifier,
  payloadTypes: row.payload_types,
  variables: row.variables,
  warnings: row.warnings as Finding[],
  signer: row.signer,
  digest: row.digest,
  revision: row.revision,
  version: row.version,
  deviceIds: row.device_ids,
  labelIds: row.label_ids,
  platforms: row.platforms,
  userChannel: row.user_channel,
  updatedBy: row.updated_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const rowOf = (tenant: string, profile: HeldProfile): ProfilesTable => ({
  tenant,
  id: profile.id,
  name: profile.name,
  description: profile.description,
  identifier: profile.identifier,
  payload_types: [...profile.payloadTypes],
  variables: [...profile.variables],
  warnings: JSON.stringify(profile.warnings),
  signer: profile.signer,
  sealed: profile.sealed,
  digest: profile.digest,
  revision: profile.revision,
  version: profile.version,
  device_ids: [...profile.deviceIds],
  label_ids: [...profile.labelIds],
  platforms: [...profile.platforms],
  user_channel: profile.userChannel,
  updated_by: profile.updatedBy,
  created_at: profile.createdAt,
  updated_at: profile.updatedAt,
});

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function findProfile(db: Transaction<PolicyTables>, tenant: string, id: string): Promise<HeldProfile> {
  const row = UUID.test(id)
    ? await db.selectFrom("profiles").selectAll().where("tenant", "=", tenant).where("id", "=", id).executeTakeFirst()
    : undefined;
  if (row === undefined) throw refuse("profile.unknown", `there is no profile ${id}`);
  return { ...briefOf(row), sealed: row.sealed };
}

export async function listProfiles(db: Transaction<PolicyTables>, tenant: string): Promise<ProfileBrief[]> {
  const rows = await db.selectFrom("profiles").select(BRIEF).where("tenant", "=", tenant).orderBy("name").execute();
  return rows.map(briefOf);
}

/** Writes a new profile or a changed one; refused when another one has the name or the identifier. */
export async function saveProfile(db: Transaction<PolicyTables>, tenant: string, profile: HeldProfile): Promise<void> {
  const row = rowOf(tenant, profile);
  try {
    await db
      .insertInto("profiles")
      .values(row)
      .onConflict((conflict) => conflict.columns(["tenant", "id"]).doUpdateSet(row))
      .execute();
  } catch (cause) {
    if (isUniqueViolation(cause, "profiles_name"))
      throw refuse("profile.name_taken", `there is a profile "${profile.name}" already`, { cause });
    if (!isUniqueViolation(cause, "profiles_identifier")) throw cause;
    throw refuse(
      "profile.identifier_taken",
      `another profile has the PayloadIdentifier ${profile.identifier}; a device holds one profile of an identifier`,
      { cause },
    );
  }
}

export async function deleteProfile(db: Transaction<PolicyTables>, tenant: string, id: string): Promise<void> {
  await db.deleteFrom("profiles").where("tenant", "=", tenant).where("id", "=", id).execute();
}

export interface ProfileTally {
  readonly pending: number;
  readonly delivered: number;
  readonly verified: number;
  readonly failed: number;
  readonly removing: number;
}

const NONE: ProfileTally = { pending: 0, delivered: 0, verified: 0, failed: 0, removing: 0 };

/** On how many channels of devices each profile stands where, in one pass over the index. */
export async function tallyProfiles(
  db: Transaction<PolicyTables>,
  tenant: string,
  profileIds: readonly string[],
): Promise<(profileId: string) => ProfileTally> {
  const standing = (state: string) => sql`(count(*) filter (where state = ${sql.lit(`PROFILE_STATE_${state}`)}))::int`;
  const { rows } = await sql<ProfileTally & { profile_id: string }>`
    select profile_id, ${standing("PENDING")} as pending, ${standing("DELIVERED")} as delivered, ${standing("VERIFIED")} as verified,
      ${standing("FAILED")} as failed, ${standing("REMOVING")} as removing
    from device_profiles where tenant = ${tenant} and profile_id = any(${profileIds}::uuid[]) group by profile_id`.execute(
    db,
  );
  const tallies = new Map(rows.map((row) => [row.profile_id, row]));
  return (profileId) => tallies.get(profileId) ?? NONE;
}
