import { defineTable, type Table } from "./table.ts";

/** What of `tables` cannot be read now, found by reading them all. */
export function agentUnreadable(tables: readonly Table[]): Table {
  return defineTable({
    name: "agent_unreadable",
    columns: { path: "TEXT", reason: "TEXT", needed: "TEXT" },
    *generate(machine) {
      for (const table of tables) {
        if (table.constrainedBy !== undefined) continue;
        const question = { columns: new Set(Object.keys(table.columns)), constraints: new Map() };
        for (const row of table.generate(machine, question)) void row;
      }
      for (const { path, reason, needs } of machine.unreadable) yield { path, reason, needed: needs };
    },
  });
}
