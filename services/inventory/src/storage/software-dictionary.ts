import { sql } from "kysely";
import { LRUCache } from "lru-cache";
import { keyOf, type Software } from "../domain/software.ts";
import { column, type InventoryDatabase } from "./schema.ts";

const REMEMBERED = 50_000;
const CHUNK = 5_000;

export interface NamedSoftware extends Software {
  readonly tenant: string;
}

/** The numbers of software by name, version, source and vendor; what is new gets one. Numbers never change. */
export class SoftwareDictionary {
  readonly #database: InventoryDatabase;
  // Counted by size: with `max` its memory would be taken at once.
  readonly #known = new LRUCache<string, number>({ maxSize: REMEMBERED, sizeCalculation: () => 1 });

  constructor(database: InventoryDatabase) {
    this.#database = database;
  }

  /** In a transaction of its own, so that the rows of names that many devices share are not locked for long. */
  async numbersOf(items: readonly NamedSoftware[]): Promise<Map<string, number>> {
    const numbers = new Map<string, number>();
    const missing = new Map<string, NamedSoftware>();
    for (const item of items) {
      const key = dictionaryKey(item);
      const number = this.#known.get(key);
      if (number === undefined) missing.set(key, item);
      else numbers.set(key, number);
    }
    const sorted = [...missing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
    for (let start = 0; start < sorted.length; start += CHUNK) {
      for (const { id, ...item } of await this.#add(sorted.slice(start, start + CHUNK))) {
        this.#known.set(dictionaryKey(item), id);
        numbers.set(dictionaryKey(item), id);
      }
    }
    return numbers;
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

export const dictionaryKey = (item: NamedSoftware): string => `${item.tenant}\u001f${keyOf(item)}`;
