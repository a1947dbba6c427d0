import { sql, type Transaction } from "kysely";
import type { CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;

export interface AppAssetRow {
  readonly token_id: string;
  readonly adam_id: string;
  readonly pricing_param: string;
  readonly product_type: string;
  readonly device_assignable: boolean;
  readonly revocable: boolean;
  readonly platforms: readonly string[];
  readonly total_count: number;
  readonly assigned_count: number;
  readonly available_count: number;
}

/** Keeps what Apple said of these assets of a token. */
export async function putAppAssets(db: Sql, tenant: string, assets: readonly AppAssetRow[]): Promise<void> {
  if (assets.length === 0) return;
  await sql`
    insert into app_assets as a (tenant, token_id, adam_id, pricing_param, product_type, device_assignable, revocable,
      platforms, total_count, assigned_count, available_count)
    select ${tenant}, token_id, adam_id, pricing_param, product_type, device_assignable, revocable,
      array(select jsonb_array_elements_text(platforms)), total_count, assigned_count, available_count
    from jsonb_to_recordset(${JSON.stringify(assets)}::jsonb) as n (token_id uuid, adam_id text, pricing_param text,
      product_type text, device_assignable boolean, revocable boolean, platforms jsonb, total_count int,
      assigned_count int, available_count int)
    on conflict (tenant, token_id, adam_id, pricing_param) do update set product_type = excluded.product_type,
      device_assignable = excluded.device_assignable, revocable = excluded.revocable, platforms = excluded.platforms,
      total_count = excluded.total_count, assigned_count = excluded.assigned_count,
      available_count = excluded.available_count`.execute(db);
}

/** Forgets the assets of a token that Apple did not name any more. */
export async function forgetOtherAssets(
  db: Sql,
  tenant: string,
  tokenId: string,
  named: readonly { readonly adamId: string; readonly pricingParam: string }[],
): Promise<void> {
  await sql`
    delete from app_assets a where a.tenant = ${tenant} and a.token_id = ${tokenId} and not exists (
      select from unnest(${named.map(({ adamId }) => adamId)}::text[],
        ${named.map(({ pricingParam }) => pricingParam)}::text[]) as n (adam_id, pricing_param)
      where n.adam_id = a.adam_id and n.pricing_param = a.pricing_param)`.execute(db);
}

export interface AssetFilter {
  readonly tokenId: string | undefined;
  readonly after: readonly [adamId: string, tokenId: string, pricingParam: string] | undefined;
}

export async function listAppAssets(
  db: Sql,
  tenant: string,
  { after, tokenId }: AssetFilter,
  limit: number,
): Promise<AppAssetRow[]> {
  const [adamId, afterToken, pricing] = after ?? ["", "00000000-0000-0000-0000-000000000000", ""];
  const { rows } = await sql<AppAssetRow>`
    select token_id, adam_id, pricing_param, product_type, device_assignable, revocable, platforms, total_count,
      assigned_count, available_count
    from app_assets where tenant = ${tenant} and (${tokenId ?? null}::uuid is null or token_id = ${tokenId ?? null}::uuid)
      and (adam_id, token_id, pricing_param) > (${adamId}, ${afterToken}::uuid, ${pricing})
    order by adam_id, token_id, pricing_param limit ${limit}`.execute(db);
  return rows;
}

export interface LicenseSource {
  readonly token_id: string;
  readonly adam_id: string;
  readonly pricing_param: string;
}

/** Where licenses of this number in the store come from: the location that has most of them left. */
export async function findLicenseSource(db: Sql, tenant: string, adamId: string): Promise<LicenseSource | undefined> {
  const { rows } = await sql<LicenseSource>`
    select a.token_id, a.adam_id, a.pricing_param from app_assets a
    join app_tokens t on t.tenant = a.tenant and t.id = a.token_id
    where a.tenant = ${tenant} and a.adam_id = ${adamId} and lower(a.product_type) = 'app'
    order by t.problem <> '' or t.claimed_by <> '', a.available_count desc, a.token_id limit 1`.execute(db);
  return rows[0];
}
