import { constants, type DatabaseSync } from "node:sqlite";
import { SqlError } from "./sql-error.ts";
import { isKeyword, isSymbol, tokensOf } from "./tokens.ts";

/** What a statement reads: by table, the columns. */
export type Reads = ReadonlyMap<string, ReadonlySet<string>>;

const READ_ONLY = new Set(["select", "with", "explain", "values", "pragma"]);
const PRAGMAS = new Set(["table_info", "table_xinfo", "table_list"]);
const FORBIDDEN_FUNCTIONS = new Set(["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"]);

/**
 * Lets SQLite itself say what a statement reads, with its authorizer, while it is prepared against the empty schema;
 * no own grammar decides what is allowed.
 */
export function inspect(schema: DatabaseSync, sql: string): Reads {
  refuseOtherStatements(sql);
  const reads = new Map<string, Set<string>>();
  let refused: string | undefined;
  schema.setAuthorizer((action, first, second) => {
    if (action === constants.SQLITE_READ && first !== null) {
      const columns = reads.get(first) ?? new Set();
      if (second !== null) columns.add(second);
      reads.set(first, columns);
    }
    if (isAllowed(action, first, second)) return constants.SQLITE_OK;
    refused ??= "only SELECT, WITH, EXPLAIN and PRAGMA table_info are allowed";
    return constants.SQLITE_DENY;
  });
  try {
    schema.prepare(sql);
  } catch (error) {
    if (refused !== undefined) throw new SqlError("sql.refused", refused, { cause: error });
    throw new SqlError("sql.invalid", (error as Error).message, { cause: error });
  } finally {
    schema.setAuthorizer(null);
  }
  // A table that is only joined with USING goes unmentioned by the authorizer, but not by the program SQLite compiles.
  for (const name of openedTables(schema, sql)) {
    if (!reads.has(name)) reads.set(name, new Set());
  }
  return reads;
}

function openedTables(schema: DatabaseSync, sql: string): readonly string[] {
  if (isKeyword(tokensOf(sql)[0], "explain", "pragma")) return [];
  const names = new Map(
    schema
      .prepare("SELECT rootpage, name FROM sqlite_schema")
      .all()
      .map(({ rootpage, name }) => [rootpage, String(name)]),
  );
  return schema
    .prepare(`EXPLAIN ${sql}`)
    .all()
    .flatMap(({ opcode, p2 }) => (opcode === "OpenRead" ? (names.get(p2 ?? null) ?? []) : []));
}

function isAllowed(action: number, first: string | null, second: string | null): boolean {
  switch (action) {
    case constants.SQLITE_SELECT:
    case constants.SQLITE_READ:
    case constants.SQLITE_RECURSIVE:
      return true;
    case constants.SQLITE_FUNCTION:
      return !FORBIDDEN_FUNCTIONS.has((second ?? "").toLowerCase());
    case constants.SQLITE_PRAGMA:
      return PRAGMAS.has((first ?? "").toLowerCase());
    default:
      return false;
  }
}

function refuseOtherStatements(sql: string): void {
  const tokens = tokensOf(sql);
  const first = tokens[0];
  if (first === undefined) throw new SqlError("sql.invalid", "the query is empty");
  if (!isKeyword(first, ...READ_ONLY)) {
    throw new SqlError("sql.refused", "only SELECT, WITH, EXPLAIN and PRAGMA table_info are allowed");
  }
  // SQLite prepares the first statement and passes over the rest in silence.
  const end = tokens.findIndex((token) => isSymbol(token, ";"));
  if (end !== -1 && tokens.slice(end).some((token) => !isSymbol(token, ";"))) {
    throw new SqlError("sql.refused", "one statement at a time");
  }
}
