import { DatabaseSync } from "node:sqlite";
import { type Machine, openMachine } from "../machine/machine.ts";
import type { Table } from "../tables/table.ts";
import { collect, createStatement } from "./collect.ts";
import { addFunctions } from "./functions.ts";
import { SqlError } from "./sql-error.ts";
import { inspect } from "./statement.ts";

/** A row of an answer: all values are strings, as osquery gives them. */
export type AnswerRow = Record<string, string>;

export interface Engine {
  /** Throws SqlError. Blocks until answered, however long that takes. */
  answer(sql: string): readonly AnswerRow[];
}

export interface EngineOptions {
  readonly tables: readonly Table[];
  /** More rows than this are an error, not a shorter answer: a policy must not pass on half the truth. */
  readonly maxRows: number;
}

/** What a server takes in one request is less than this. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

export function createEngine({ tables, maxRows }: EngineOptions): Engine {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const schema = openDatabase();
  for (const table of tables) schema.exec(createStatement(table));
  return {
    answer(sql) {
      const reads = inspect(schema, sql);
      if (![...reads.keys()].some((name) => byName.has(name))) return run(schema, sql, maxRows);
      const machine: Machine = openMachine();
      const db = openDatabase();
      try {
        collect(db, sql, reads, byName, machine);
        return run(db, sql, maxRows);
      } finally {
        db.close();
      }
    },
  };
}

function openDatabase(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  // A large sort would otherwise be written to a temporary file on the machine.
  db.exec("PRAGMA temp_store = memory");
  addFunctions(db);
  return db;
}

function run(db: DatabaseSync, sql: string, maxRows: number): readonly AnswerRow[] {
  const rows: AnswerRow[] = [];
  let characters = 0;
  try {
    const statement = db.prepare(sql);
    statement.setReadBigInts(true);
    for (const row of statement.iterate()) {
      if (rows.length === maxRows) {
        throw new SqlError(
          "sql.too_many_rows",
          `the answer has more than ${maxRows} rows: narrow the query or add LIMIT`,
        );
      }
      const texts = Object.entries(row).map(([name, value]) => [name, asText(value)] as const);
      for (const [, text] of texts) characters += text.length;
      if (characters > MAX_CHARACTERS) {
        throw new SqlError(
          "sql.too_large",
          `the answer has more than ${MAX_CHARACTERS} characters: ask for fewer columns or rows`,
        );
      }
      rows.push(Object.fromEntries(texts));
    }
  } catch (error) {
    if (error instanceof SqlError) throw error;
    throw new SqlError("sql.invalid", (error as Error).message, { cause: error });
  }
  return rows;
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  // Integers come as bigint, so a number is a REAL, which SQLite always writes with a point.
  if (typeof value === "number") return Number.isInteger(value) ? value.toFixed(1) : `${Number(value.toPrecision(15))}`;
  return typeof value === "bigint" ? value.toString() : (value as string);
}
