import type { Table } from "../tables/table.ts";
import { type Comparison, comparisonsOf } from "./comparisons.ts";
import { type Source, sourcesOf, withClauseOf } from "./sources.ts";
import { isSymbol, type Token, tokensOf } from "./tokens.ts";

/** Queries whose first column holds the values one constrained column is compared with; they may name constrained tables themselves. */
export interface CandidateQueries {
  readonly table: string;
  readonly column: string;
  readonly kind: "equal" | "like";
  /** Alternatives: those that cannot be prepared are passed over. */
  readonly queries: readonly string[];
  /** False for a join by name, where the other side may have no such column. */
  readonly mustPrepare: boolean;
}

/**
 * What to run to learn the values a query wants of its constrained tables.
 * An expression over other tables is asked of those tables without any condition: more values than needed, never fewer.
 */
export function candidateQueriesOf(
  sql: string,
  named: readonly Table[],
  all: ReadonlyMap<string, Table>,
): readonly CandidateQueries[] {
  const tokens = tokensOf(sql);
  const sources = sourcesOf(sql, tokens);
  const prefix = withClauseOf(sql, tokens);
  return named.flatMap((table) => {
    const columns = new Set(table.constrainedBy ?? []);
    return comparisonsOf(tokens, columns)
      .filter(({ qualifier }) => qualifier === undefined || means(sources, qualifier, table.name))
      .map(({ column, kind, other }) => ({
        table: table.name,
        column,
        kind,
        mustPrepare: other.type !== "sameName",
        queries: queriesFor(sql, prefix, sources, other, { table, column, all }),
      }));
  });
}

/** An unknown qualifier may be anything, so it may be this table. */
const means = (sources: readonly Source[], qualifier: string, table: string): boolean => {
  const named = sources.filter(({ alias }) => alias === qualifier);
  return named.length === 0 || named.some(({ from }) => from === table);
};

interface Compared {
  readonly table: Table;
  readonly column: string;
  readonly all: ReadonlyMap<string, Table>;
}

function queriesFor(
  sql: string,
  prefix: string,
  sources: readonly Source[],
  other: Comparison["other"],
  { table, column, all }: Compared,
): readonly string[] {
  if (other.type === "sameName") {
    return sources
      .filter(({ from }) => from !== table.name)
      .map((source) => `${prefix}SELECT DISTINCT "${column}" FROM ${written(source)}`);
  }
  const first = other.tokens[0];
  const last = other.tokens.at(-1);
  if (first === undefined || last === undefined) return [];
  const text = sql.slice(first.start, last.end);
  if (other.type === "subquery") return [`${prefix}SELECT DISTINCT * FROM (${text})`];

  const qualifiers = new Set<string>();
  const bare = new Set<string>();
  for (const [index, token] of other.tokens.entries()) nameIn(other.tokens, index, token, qualifiers, bare);
  const known = [...qualifiers].map((qualifier) => sources.filter(({ alias }) => alias === qualifier));
  const qualified = [...new Map(known.flat().map((source) => [written(source), source])).values()];
  if (bare.size === 0 && qualifiers.size === 0) return [`${prefix}SELECT (${text})`];
  if (bare.size === 0) return combinations(known).map((from) => `${prefix}SELECT DISTINCT (${text}) FROM ${from}`);
  // A name without a table: whichever source has such a column, and one of unknown columns may.
  const owners = sources.filter(({ from }) => {
    const owner = all.get(from);
    return owner === undefined || [...bare].some((name) => name in owner.columns);
  });
  return owners.map((source) => {
    const from = [...new Set([...qualified.map(written), written(source)])].join(", ");
    return `${prefix}SELECT DISTINCT (${text}) FROM ${from}`;
  });
}

function nameIn(
  tokens: readonly Token[],
  index: number,
  token: Token,
  qualifiers: Set<string>,
  bare: Set<string>,
): void {
  if (token.kind !== "name") return;
  const next = tokens[index + 1];
  if (isSymbol(next, ".")) qualifiers.add(token.value);
  else if (!isSymbol(next, "(") && !isSymbol(tokens[index - 1], ".")) bare.add(token.value);
}

/** One FROM list for every way to read the qualifiers, as one alias may stand for different tables in different scopes. */
function combinations(known: readonly (readonly Source[])[]): readonly string[] {
  return known.reduce<string[]>(
    (lists, choices) =>
      lists.flatMap((list) => choices.map((choice) => (list === "" ? written(choice) : `${list}, ${written(choice)}`))),
    [""],
  );
}

const written = ({ from, alias }: Source) => `${from.startsWith("(") ? from : `"${from}"`} AS "${alias}"`;
