import { sql } from "kysely";
import { keyOf, type Software, type SoftwareList } from "../domain/software.ts";
import { RecentNumbers } from "./recent-numbers.ts";
import { column, type InventoryDatabase } from "./schema.ts";

const CHUNK = 5_000;

interface NamedSoftware extends Software {
  readonly tenant: string;
}

interface TenantList {
  readonly tenant: string;
  readonly items: SoftwareList;
}

/** A number that is not known yet, and the places it belongs to. */
interface Missing {
  readonly item: NamedSoftware;
  readonly places: { readonly numbers: number[]; readonly at: number }[];
}

/** The numbers of software by name, version, source and vendor; what is new gets one. Numbers never change. */
export class SoftwareDictionary {
  readonly #database: InventoryDatabase;
  readonly #known = new RecentNumbers();

  constructor(database: InventoryDatabase) {
    this.#database = database;
  }

  /** In a transaction of its own, so that the rows of names that many devices share are not locked for long. */
  async numbersOf(lists: readonly TenantList[]): Promise<ReadonlyMap<SoftwareList, readonly number[]>> {
    const found = new Map<SoftwareList, number[]>();
    const missing = new Map<string, Missing>();
    for (const { tenant, items } of lists) {
      const known = this.#known.of(tenant);
      const numbers: number[] = [];
      for (const [key, item] of items) {
        const number = known.get(key);
        if (number === undefined) {
          const name = `${tenant}\u001f${key}`;
          const open = missing.get(name) ?? { item: { ...item, tenant }, places: [] };
          open.places.push({ numbers, at: numbers.length });
          missing.set(name, open);
        }
        numbers.push(number ?? 0);
      }
      found.set(items, numbers);
    }
    const sorted = [...missing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { item }]) => item);
    for (let start = 0; start < sorted.length; start += CHUNK) {
      for (const { id, ...item } of await this.#add(sorted.slice(start, start + CHUNK))) {
        const key = keyOf(item);
        this.#known.of(item.tenant).set(key, id);
        for (const { numbers, at } of missing.get(`${item.tenant}\u001f${key}`)?.places ?? []) numbers[at] = id;
      }
    }
    return found;
  }

  async #add(items: readonly NamedSoftware[]): Promise<(NamedSoftware & { id: number })[]> {
    const wanted = sql`select * from unnest(${column(items, "tenant")}::text[], ${column(items, "name")}::text[],
      ${column(items, "version")}::text[], ${column(items, "source")}::text[], ${column(items, "vendor")}::text[])
      as w (tenant, name, version, source, vendor)`;
    return this.#database.system(async (work) => {
      const read = sql<NamedSoftware & { id: number }>`
        select s.id, s.tenant, s.name, s.version, s.source, s.vendor
        from (${wanted}) w join software s using (tenant, name, version, source, vendor)`;
      const found = (await read.execute(work.sql)).rows;
      if (found.length === items.length) return found;
      await sql`
        insert into software (tenant, name, version, source, vendor)
        select w.* from (${wanted}) w
        where not exists (select 1 from software s where (s.tenant, s.name, s.version, s.source, s.vendor)
          = (w.tenant, w.name, w.version, w.source, w.vendor))
        on conflict do nothing`.execute(work.sql);
      return (await read.execute(work.sql)).rows;
    });
  }
}
