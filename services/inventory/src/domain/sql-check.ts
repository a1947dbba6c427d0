import { refuse } from "./refusals.ts";

const MAX_BYTES = 64 * 1024;

// Strings, quoted names and comments: what a semicolon may stand in without ending the statement.
const OPAQUE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g;

/** The statement that a person wrote, trimmed; refused unless it is one statement that reads. */
export function checkedSql(sql: string): string {
  const trimmed = sql.trim().replace(/;+\s*$/, "");
  if (trimmed === "") throw refuse("query.bad_sql", "the query is empty; write one select statement");
  if (Buffer.byteLength(trimmed) > MAX_BYTES) throw refuse("query.bad_sql", "the query is longer than 64 KiB");
  if (trimmed.includes("\u0000")) throw refuse("query.bad_sql", "the query holds the character U+0000");
  const bare = trimmed.replace(OPAQUE, " ").trim();
  if (!/^(select|with)\b/i.test(bare)) throw refuse("query.bad_sql", "the query has to begin with select or with");
  if (bare.includes(";")) throw refuse("query.bad_sql", "the query has to be one statement");
  if (/\b(insert|update|delete|replace)\s+(into|from|or)\b/i.test(bare)) {
    throw refuse("query.bad_sql", "the query may only read");
  }
  return trimmed;
}
