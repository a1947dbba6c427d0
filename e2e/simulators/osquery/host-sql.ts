import { constants, DatabaseSync, type StatementSync } from "node:sqlite";
import type { HostFacts } from "./host-facts.ts";
import type { Platform } from "./platform.ts";
import { type Column, type TableName, tablesOf } from "./schema/all-tables.ts";
import { addOsqueryFunctions } from "./sql-functions.ts";

/** A row as it travels: osquery sends every value as text, and nothing as an empty text. */
export type AnswerRow = Record<string, string>;

interface Prepared {
  readonly statement: StatementSync;
  readonly tables: readonly TableName[];
}

const quoted = (name: string): string => `"${name}"`;

const MOST_PREPARED = 1000;

const READING = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);

/**
 * The tables of one platform in a private SQLite database that all hosts of that platform share. Tables stand
 * empty; before a query runs, those it names (SQLite itself says which) are filled with the rows of the host
 * that is asked, unless they still hold exactly those.
 */
export class PlatformSql {
  readonly #database = new DatabaseSync(":memory:");
  readonly #columns: ReadonlyMap<TableName, readonly Column[]>;
  readonly #inserts = new Map<TableName, StatementSync>();
  readonly #prepared = new Map<string, Prepared>();
  readonly #holds = new Map<TableName, { facts: HostFacts; version: number }>();
  readonly #byRootPage: ReadonlyMap<number, TableName>;
  /** Whether the statement in preparation came from outside; our own may do anything. */
  #foreign = false;

  constructor(platform: Platform, hidden: boolean) {
    this.#columns = tablesOf(platform, hidden);
    for (const [table, columns] of this.#columns) {
      const names = columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(", ");
      this.#database.exec(`create table ${quoted(table)} (${names})`);
      const places = columns.map(() => "?").join(", ");
      this.#inserts.set(table, this.#database.prepare(`insert into ${quoted(table)} values (${places})`));
    }
    addOsqueryFunctions(this.#database);
    const pages = this.#database.prepare("select name, rootpage from sqlite_schema").all();
    this.#byRootPage = new Map(pages.map((row) => [Number(row["rootpage"]), row["name"] as TableName]));
    this.#database.setAuthorizer((action) =>
      this.#foreign && !READING.has(action) ? constants.SQLITE_DENY : constants.SQLITE_OK,
    );
  }

  /** @throws the error of SQLite, such as `no such table: x`, which is also what osquery answers. */
  run(sql: string, facts: HostFacts, now: Date): AnswerRow[] {
    const { statement, tables } = this.#prepare(sql);
    for (const table of tables) this.#fill(table, facts, now);
    return statement.all().map((row) => {
      const answer: AnswerRow = {};
      for (const [column, value] of Object.entries(row)) answer[column] = value === null ? "" : String(value);
      return answer;
    });
  }

  close(): void {
    this.#database.close();
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    this.#foreign = true;
    try {
      const statement = this.#database.prepare(sql);
      statement.setReadBigInts(true);
      const prepared = { statement, tables: this.#tablesRead(sql) };
      if (this.#prepared.size >= MOST_PREPARED) this.#prepared.clear();
      this.#prepared.set(sql, prepared);
      return prepared;
    } finally {
      this.#foreign = false;
    }
  }

  /** From the compiled program, which is exact: the authorizer, for one, is not told of the columns in `using`. */
  #tablesRead(sql: string): TableName[] {
    if (/^\s*explain\b/i.test(sql)) return [];
    const opened = this.#database
      .prepare(`explain ${sql}`)
      .all()
      .flatMap(({ opcode, p2 }) => (opcode === "OpenRead" ? (this.#byRootPage.get(Number(p2)) ?? []) : []));
    return [...new Set(opened)];
  }

  #fill(table: TableName, facts: HostFacts, now: Date): void {
    const version = facts.version(table);
    const held = this.#holds.get(table);
    if (held !== undefined && held.facts === facts && held.version === version) return;
    const insert = this.#inserts.get(table);
    const columns = this.#columns.get(table) ?? [];
    this.#holds.delete(table);
    this.#database.exec("begin");
    this.#database.exec(`delete from ${quoted(table)}`);
    for (const row of facts.rows(table, now)) insert?.run(...columns.map(({ name }) => row[name] ?? ""));
    this.#database.exec("commit");
    if (version !== undefined) this.#holds.set(table, { facts, version });
  }
}

/** Answers questions of hosts of every platform truthfully from their facts. */
export class HostSql {
  readonly #databases = new Map<string, PlatformSql>();

  run(sql: string, facts: HostFacts, now: Date): AnswerRow[] {
    const { platform } = facts.identity;
    try {
      return this.#database(platform, false).run(sql, facts, now);
    } catch (error) {
      // A hidden column is part of the table all the same; only `*` must not show it.
      if (!(error instanceof Error) || !error.message.startsWith("no such column")) throw error;
      return this.#database(platform, true).run(sql, facts, now);
    }
  }

  close(): void {
    for (const database of this.#databases.values()) database.close();
    this.#databases.clear();
  }

  #database(platform: Platform, hidden: boolean): PlatformSql {
    const key = `${platform} ${hidden}`;
    const known = this.#databases.get(key);
    if (known !== undefined) return known;
    const made = new PlatformSql(platform, hidden);
    this.#databases.set(key, made);
    return made;
  }
}
