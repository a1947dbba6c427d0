import { sql, type Transaction } from "kysely";
import type { PolicyTables } from "../tables.ts";

type Sql = Transaction<PolicyTables>;

export interface SealedContent {
  readonly sealed: Buffer;
  readonly contentType: string;
}

export async function saveContent(
  db: Sql,
  { contentType, sealed, sha256, tenant }: SealedContent & { readonly tenant: string; readonly sha256: string },
): Promise<void> {
  await sql`
    insert into declaration_contents (tenant, sha256, content_type, sealed)
    values (${tenant}, ${sha256}, ${contentType}, ${sealed})
    on conflict (tenant, sha256) do update set content_type = excluded.content_type`.execute(db);
}

/** A content that one of the device's declarations refers to; nothing when none does. */
export async function findContentFor(
  db: Sql,
  { deviceId, sha256, tenant }: { readonly tenant: string; readonly deviceId: string; readonly sha256: string },
): Promise<SealedContent | undefined> {
  const { rows } = await sql<SealedContent>`
    select o.sealed, o.content_type as "contentType" from declaration_contents o
    where o.tenant = ${tenant} and o.sha256 = ${sha256} and exists (
      select 1 from declaring_channels c join declaration_set_members m on m.tenant = c.tenant and m.digest = c.digest
      where c.tenant = o.tenant and c.device_id = ${deviceId} and m.content_sha256 = o.sha256)`.execute(db);
  return rows[0];
}
