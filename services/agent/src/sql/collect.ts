import type { DatabaseSync } from "node:sqlite";
import type { Machine } from "../machine/machine.ts";
import type { Constraint, Row, Table } from "../tables/table.ts";
import { type CandidateQueries, candidateQueriesOf } from "./candidates.ts";
import { SqlError } from "./sql-error.ts";
import type { Reads } from "./statement.ts";

/** Constrained tables may depend on each other (hash on file, file on hash): this many rounds are followed. */
const ROUNDS = 4;

/** Fills `db` with the tables a query reads, and no others. */
export function collect(
  db: DatabaseSync,
  sql: string,
  reads: Reads,
  tables: ReadonlyMap<string, Table>,
  machine: Machine,
): void {
  const named = [...reads.keys()].flatMap((name) => tables.get(name) ?? []);
  // A query may name a table that SQLite then finds it need not read; all must be there.
  db.exec([...tables.values()].map(createStatement).join("; "));
  for (const table of named.filter(({ constrainedBy }) => constrainedBy === undefined)) {
    const question = { columns: reads.get(table.name) ?? new Set(), constraints: new Map() };
    insert(db, table, table.generate(machine, question));
  }
  const constrained = named.filter(({ constrainedBy }) => constrainedBy !== undefined);
  if (constrained.length > 0)
    collectConstrained(db, candidateQueriesOf(sql, constrained, tables), constrained, reads, machine);
}

export function createStatement({ name, columns }: Table): string {
  const list = Object.entries(columns).map(([column, type]) => `"${column}" ${type}`);
  return `CREATE TABLE "${name}" (${list.join(", ")})`;
}

function collectConstrained(
  db: DatabaseSync,
  candidates: readonly CandidateQueries[],
  tables: readonly Table[],
  reads: Reads,
  machine: Machine,
): void {
  for (const table of tables) requireConstraint(db, table, candidates);
  const asked = new Set<string>();
  const held = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    let grew = false;
    for (const table of tables) {
      const constraints = newConstraints(db, candidates, table, asked);
      if (constraints.size === 0) continue;
      grew = true;
      const keys = table.constrainedBy ?? [];
      const rows = table.generate(machine, { columns: reads.get(table.name) ?? new Set(), constraints });
      insert(
        db,
        table,
        unseen(rows, (row) => JSON.stringify([table.name, ...keys.map((key) => row[key])]), held),
      );
    }
    if (!grew) return;
  }
}

/** A comparison that cannot be followed might stand in an OR, and leaving it out would leave out rows: better no answer. */
function requireConstraint(db: DatabaseSync, table: Table, candidates: readonly CandidateQueries[]): void {
  const own = candidates.filter((each) => each.table === table.name);
  const canPrepare = (each: CandidateQueries) => each.queries.some((query) => prepares(db, query));
  if (own.some(canPrepare) && own.every((each) => !each.mustPrepare || canPrepare(each))) return;
  const columns = table.constrainedBy ?? [];
  throw new SqlError(
    "sql.unconstrained",
    `the table ${table.name} needs a condition on ${columns.join(" or ")} that can be followed, such as WHERE ${columns[0]} = '…'`,
  );
}

function newConstraints(
  db: DatabaseSync,
  candidates: readonly CandidateQueries[],
  table: Table,
  asked: Set<string>,
): ReadonlyMap<string, Constraint> {
  const constraints = new Map<string, { equal: string[]; like: string[] }>();
  for (const { table: name, column, kind, queries } of candidates) {
    if (name !== table.name) continue;
    for (const value of queries.flatMap((query) => firstColumn(db, query))) {
      const key = JSON.stringify([name, column, kind, value]);
      if (asked.has(key)) continue;
      asked.add(key);
      const constraint = constraints.get(column) ?? { equal: [], like: [] };
      constraint[kind].push(value);
      constraints.set(column, constraint);
    }
  }
  return constraints;
}

function prepares(db: DatabaseSync, query: string): boolean {
  try {
    db.prepare(query);
    return true;
  } catch {
    return false;
  }
}

function firstColumn(db: DatabaseSync, query: string): readonly string[] {
  if (!prepares(db, query)) return [];
  return db
    .prepare(query)
    .all()
    .map((row) => Object.values(row)[0])
    .filter((value): value is string => typeof value === "string");
}

function* unseen(rows: Iterable<Row>, keyOf: (row: Row) => string, held: Set<string>): Iterable<Row> {
  for (const row of rows) {
    const key = keyOf(row);
    if (held.has(key)) continue;
    held.add(key);
    yield row;
  }
}

function insert(db: DatabaseSync, table: Table, rows: Iterable<Row>): void {
  const columns = Object.keys(table.columns);
  const statement = db.prepare(`INSERT INTO "${table.name}" VALUES (${columns.map(() => "?").join(", ")})`);
  db.exec("BEGIN");
  for (const row of rows) statement.run(...columns.map((column) => row[column] ?? ""));
  db.exec("COMMIT");
}
