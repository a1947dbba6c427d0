import { defineTable, type Table } from "./table.ts";

/** What can be asked here. Whoever is not sure that a table exists asks this one first, as discovery queries do. */
export function osqueryRegistry(tables: readonly Table[]): Table {
  return defineTable({
    name: "osquery_registry",
    columns: { registry: "TEXT", name: "TEXT", owner_uuid: "INTEGER", internal: "INTEGER", active: "INTEGER" },
    *generate() {
      for (const { name } of tables) yield { registry: "table", name, owner_uuid: 0, internal: 0, active: 1 };
    },
  });
}
