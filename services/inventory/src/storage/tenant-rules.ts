import { type Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { sql } from "kysely";
import type { Question } from "../domain/due-work.ts";
import type { Condition } from "../domain/label-condition.ts";
import type { FactLabel, TenantRules } from "./record-answers.ts";
import type { InventoryWork } from "./schema.ts";
import { noteTenantsChanged } from "./work-changes.ts";

interface Held extends TenantRules {
  readonly version: number;
  readonly list: readonly Question[];
}

interface QuestionRow {
  id: string;
  kind: "policy" | "label";
  revision: number;
  query: string;
  interval_seconds: number;
  device_ids: string[];
  label_ids: string[];
  platforms: Platform[];
}

const NONE: Held = { version: 0, list: [], questions: new Map(), factLabels: [] };

/** What each tenant asks its devices, held in memory as long as its version in tenant_work is the same. */
export class TenantRulesCache {
  readonly #held = new Map<string, Held>();

  questionsOf = async (work: InventoryWork, tenant: string, version: number): Promise<readonly Question[]> =>
    (await this.#get(work, tenant, version)).list;

  rulesOf = async (work: InventoryWork, tenants: readonly string[]): Promise<ReadonlyMap<string, TenantRules>> => {
    const { rows } = await sql<{ tenant: string; version: string }>`
      select tenant, version from tenant_work where tenant = any(${tenants})`.execute(work.sql);
    const rules = new Map<string, TenantRules>();
    for (const { tenant, version } of rows) rules.set(tenant, await this.#get(work, tenant, Number(version)));
    return rules;
  };

  async #get(work: InventoryWork, tenant: string, version: number): Promise<Held> {
    if (version === 0) return NONE;
    const held = this.#held.get(tenant);
    // Transactions overlap: a newer copy is as good for one that saw an older version.
    if (held !== undefined && held.version >= version) return held;
    const fresh = await load(work, tenant, version);
    this.#held.set(tenant, fresh);
    return fresh;
  }
}

async function load(work: InventoryWork, tenant: string, version: number): Promise<Held> {
  const { rows } = await sql<QuestionRow>`select * from questions where tenant = ${tenant}`.execute(work.sql);
  const labels = await sql<{ id: string; condition: Condition }>`
    select id, condition from labels where tenant = ${tenant} and kind = 'LABEL_KIND_FACT'`.execute(work.sql);
  const list = rows.map(
    (row): Question => ({
      id: row.id,
      kind: row.kind,
      revision: row.revision,
      query: row.query,
      intervalSeconds: row.interval_seconds,
      selection: { deviceIds: row.device_ids, labelIds: row.label_ids, platforms: row.platforms },
    }),
  );
  return {
    version,
    list,
    questions: new Map(list.map((question) => [question.id, question])),
    factLabels: labels.rows.map(({ id, condition }): FactLabel => ({ labelId: id, condition })),
  };
}

/** Says that what this tenant asks its devices is something else now; call it in the transaction that changes it. */
export const raiseWorkVersion = async (work: InventoryWork, tenants: readonly string[]): Promise<void> => {
  await sql`
    insert into tenant_work as t (tenant) select distinct unnest(${tenants}::text[]) order by 1
    on conflict (tenant) do update set version = t.version + 1`.execute(work.sql);
  await noteTenantsChanged(work, tenants);
};
