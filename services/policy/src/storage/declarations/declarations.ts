import { isUniqueViolation } from "@muster/postgres/sqlstate";
import { sql, type Transaction } from "kysely";
import { validate as isUuid } from "uuid";
import type { DeclarationDraft } from "../../domain/declarations/declaration-draft.ts";
import type { Payload } from "../../domain/declarations/payload-key.ts";
import { refuse } from "../../domain/refusals.ts";
import type { PolicyTables } from "../tables.ts";

type Sql = Transaction<PolicyTables>;

/** A declaration as it is held. */
export interface HeldDeclaration extends DeclarationDraft {
  readonly tenant: string;
  readonly id: string;
  readonly revision: number;
  readonly updatedBy: string;
  readonly updatedAt: Date;
}

interface Row {
  tenant: string;
  id: string;
  name: string;
  description: string;
  identifier: string;
  type: string;
  payload: Payload;
  predicate: string;
  content_sha256: string;
  content_type: string;
  content_bytes: number;
  assigned: boolean;
  device_ids: string[];
  label_ids: string[];
  platforms: string[];
  user_channel: boolean;
  enabled: boolean;
  revision: number;
  updated_by: string;
  updated_at: Date;
}

const heldOf = (row: Row): HeldDeclaration => ({
  tenant: row.tenant,
  id: row.id,
  name: row.name,
  description: row.description,
  identifier: row.identifier,
  type: row.type,
  payload: row.payload,
  predicate: row.predicate,
  contentSha256: row.content_sha256,
  contentType: row.content_type,
  contentBytes: row.content_bytes,
  assigned: row.assigned,
  deviceIds: row.device_ids,
  labelIds: row.label_ids,
  platforms: row.platforms,
  userChannel: row.user_channel,
  enabled: row.enabled,
  revision: row.revision,
  updatedBy: row.updated_by,
  updatedAt: row.updated_at,
});

export async function findDeclaration(db: Sql, tenant: string, id: string): Promise<HeldDeclaration> {
  const { rows } = isUuid(id)
    ? await sql<Row>`select * from declarations where tenant = ${tenant} and id = ${id}::uuid`.execute(db)
    : { rows: [] };
  const [row] = rows;
  if (row === undefined) throw refuse("declaration.unknown", `there is no declaration ${id}`);
  return heldOf(row);
}

/** All declarations of these tenants, by name. */
export async function listDeclarations(db: Sql, tenants: readonly string[]): Promise<HeldDeclaration[]> {
  const { rows } = await sql<Row>`
    select * from declarations where tenant = any(${tenants}::text[]) order by tenant, name`.execute(db);
  return rows.map(heldOf);
}

/** Writes a new declaration or a changed one; refused when another one has its name or identifier. */
export async function saveDeclaration(db: Sql, held: HeldDeclaration): Promise<void> {
  try {
    await sql`
      insert into declarations (tenant, id, name, description, identifier, type, payload, predicate, content_sha256,
        content_type, content_bytes, assigned, device_ids, label_ids, platforms, user_channel, enabled, revision, updated_by,
        updated_at)
      values (${held.tenant}, ${held.id}, ${held.name}, ${held.description}, ${held.identifier}, ${held.type},
        ${JSON.stringify(held.payload)}::jsonb, ${held.predicate}, ${held.contentSha256}, ${held.contentType},
        ${held.contentBytes}, ${held.assigned}, ${held.deviceIds}::text[], ${held.labelIds}::text[],
        ${held.platforms}::text[], ${held.userChannel}, ${held.enabled}, ${held.revision}, ${held.updatedBy},
        ${held.updatedAt})
      on conflict (tenant, id) do update set name = excluded.name, description = excluded.description,
        payload = excluded.payload, predicate = excluded.predicate, content_sha256 = excluded.content_sha256,
        content_type = excluded.content_type, content_bytes = excluded.content_bytes, assigned = excluded.assigned,
        device_ids = excluded.device_ids, label_ids = excluded.label_ids, platforms = excluded.platforms,
        user_channel = excluded.user_channel, enabled = excluded.enabled, revision = excluded.revision,
        updated_by = excluded.updated_by, updated_at = excluded.updated_at`.execute(db);
  } catch (cause) {
    if (isUniqueViolation(cause, "declarations_name"))
      throw refuse("declaration.name_taken", `there is a declaration "${held.name}" already`, { cause });
    if (isUniqueViolation(cause, "declarations_identifier"))
      throw refuse("declaration.identifier_taken", `there is a declaration ${held.identifier} already`, { cause });
    throw cause;
  }
}

export async function deleteDeclaration(db: Sql, tenant: string, id: string): Promise<void> {
  await sql`delete from declarations where tenant = ${tenant} and id = ${id}::uuid`.execute(db);
}
