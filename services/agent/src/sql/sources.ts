import { closingBracket, isKeyword, isSymbol, type Token } from "./tokens.ts";

/** Something in a FROM clause: a table, a CTE or a subquery, under the name the rest of the query calls it by. */
export interface Source {
  /** A lower-case name, or a subquery in brackets as written. */
  readonly from: string;
  readonly alias: string;
}

const NOT_AN_ALIAS = (
  "on using where join left right full inner cross natural outer group order limit having union except intersect " +
  "window indexed not set values select as"
).split(" ");

/**
 * What the FROM clauses of a statement name, in all its scopes together.
 * A comma in a list of columns yields entries that name no table; using one fails and does no harm.
 */
export function sourcesOf(sql: string, tokens: readonly Token[]): readonly Source[] {
  const sources: Source[] = [];
  for (const [index, token] of tokens.entries()) {
    if (!isKeyword(token, "from", "join") && !isSymbol(token, ",")) continue;
    const first = tokens[index + 1];
    if (isSymbol(first, "(")) {
      const close = closingBracket(tokens, index + 1);
      const alias = aliasAt(tokens, close + 1);
      const last = tokens[close];
      if (first === undefined || last === undefined || alias === undefined) continue;
      sources.push({ from: sql.slice(first.start, last.end), alias });
    } else if (first?.kind === "name") {
      sources.push({ from: first.value, alias: aliasAt(tokens, index + 2) ?? first.value });
    }
  }
  return sources;
}

function aliasAt(tokens: readonly Token[], index: number): string | undefined {
  const at = isKeyword(tokens[index], "as") ? index + 1 : index;
  const token = tokens[at];
  if (token?.kind !== "name" || isKeyword(token, ...NOT_AN_ALIAS)) return undefined;
  return token.value;
}

/** The WITH clause a statement begins with, so that a part of the statement can be run with the same names. */
export function withClauseOf(sql: string, tokens: readonly Token[]): string {
  if (!isKeyword(tokens[0], "with")) return "";
  let index = 1;
  while (index < tokens.length && !isKeyword(tokens[index], "select", "values")) {
    index = isSymbol(tokens[index], "(") ? closingBracket(tokens, index) + 1 : index + 1;
  }
  return sql.slice(0, tokens[index]?.start ?? 0);
}
