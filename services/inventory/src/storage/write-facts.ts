import { sql } from "kysely";
import type { FactValue } from "../domain/fact.ts";
import { column, type DeviceKey, type InventoryWork } from "./schema.ts";

export interface NewFact extends DeviceKey {
  readonly name: string;
  readonly value: FactValue;
  readonly hash: string;
  readonly at: Date;
}

export interface ChangedFact extends NewFact {
  readonly version: number;
  readonly since: Date;
}

/**
 * Writes facts whose value is another than before, and moves the value before into the history. The devices' rows in
 * device_work have to be locked: between reading the old value and writing the new one nobody else may write.
 */
export async function writeFacts(work: InventoryWork, facts: readonly NewFact[]): Promise<ChangedFact[]> {
  if (facts.length === 0) return [];
  const values = facts.map(({ value }) => JSON.stringify(value));
  const { rows } = await sql<{ n: number; version: string; since: Date }>`
    with new as (
      select n::int as n, tenant, device_id, name, value, hash, at
      from unnest(${column(facts, "tenant")}::text[], ${column(facts, "deviceId")}::uuid[], ${column(facts, "name")}::text[],
        ${values}::jsonb[], ${column(facts, "hash")}::text[], ${column(facts, "at")}::timestamptz[])
        with ordinality as f (tenant, device_id, name, value, hash, at, n)),
    old as (
      select f.* from facts f join new using (tenant, device_id, name) where f.hash <> new.hash),
    moved as (
      insert into fact_history (tenant, device_id, name, version, value, since, until)
      select o.tenant, o.device_id, o.name, o.version, o.value, o.since, greatest(new.at, o.since)
      from old o join new using (tenant, device_id, name)),
    written as (
      insert into facts as f (tenant, device_id, name, value, hash, since)
      select tenant, device_id, name, value, hash, at from new
      on conflict (tenant, device_id, name) do update set value = excluded.value, hash = excluded.hash,
        version = f.version + 1, since = greatest(excluded.since, f.since)
        where f.hash <> excluded.hash
      returning tenant, device_id, name, version, since)
    select new.n, w.version, w.since from written w join new using (tenant, device_id, name)`.execute(work.sql);
  return rows.map(({ n, version, since }) => ({ ...(facts[n - 1] as NewFact), version: Number(version), since }));
}
