import type { Machine } from "../machine/machine.ts";

export type ColumnType = "TEXT" | "INTEGER" | "BIGINT" | "DOUBLE" | "DATETIME";
export type Value = string | number | bigint | undefined;
export type Row = Readonly<Record<string, Value>>;

/** What a query says of the columns that a table is constrained by; `like` holds LIKE patterns. */
export interface Constraint {
  readonly equal: readonly string[];
  readonly like: readonly string[];
}

export interface Question {
  /** The columns the query looks at; a table may leave out the others. */
  readonly columns: ReadonlySet<string>;
  /** By column, for those in `constrainedBy`. */
  readonly constraints: ReadonlyMap<string, Constraint>;
}

/** A table of osquery's schema (or our own): columns in order, and how its rows are read. */
export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** Columns of which the query must give one, since the table would otherwise be endless (file, hash). */
  readonly constrainedBy?: readonly string[];
  /** May give more rows than asked for, never fewer: SQLite filters afterwards. A missing value becomes "". */
  generate(machine: Machine, question: Question): Iterable<Row>;
}

/** Checks at compile time that rows only hold columns the table has. */
export function defineTable<C extends string>(table: {
  readonly name: string;
  readonly columns: Readonly<Record<C, ColumnType>>;
  readonly constrainedBy?: readonly NoInfer<C>[];
  generate(machine: Machine, question: Question): Iterable<Readonly<Partial<Record<NoInfer<C>, Value>>>>;
}): Table {
  return table;
}
