import { refuse } from "./refusals.ts";

const MAX_BYTES = 64 * 1024;

// What SQLite reads as one piece: text, quoted names, comments; and the semicolon, which ends a statement.
const PIECE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;/g;

/** The question without surrounding space and final semicolon; refused unless it is one statement that only reads. */
export function checkQuestion(raw: string): string {
  const question = raw.trim().replace(/[;\s]+$/, "");
  if (question === "") throw refuse("policy.bad_query", "query is empty: write one SELECT statement");
  if (Buffer.byteLength(question) > MAX_BYTES) throw refuse("policy.bad_query", "query is longer than 64 KiB");
  let statement = "";
  let end = 0;
  for (const { 0: piece, index } of question.matchAll(PIECE)) {
    statement += question.slice(end, index);
    end = index + piece.length;
    if (piece === ";") throw refuse("policy.bad_query", "query has more than one statement: keep one");
    if (!piece.startsWith("--") && !piece.startsWith("/*")) statement += piece;
    else statement += " ";
  }
  statement += question.slice(end);
  if (!/^\s*(?:select|with)\b/i.test(statement)) {
    throw refuse("policy.bad_query", "query must start with SELECT or WITH: a policy only asks");
  }
  return question;
}
