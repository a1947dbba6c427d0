import { closingBracket, isKeyword, isSymbol, type Token } from "./tokens.ts";

/** A column compared with something, anywhere in the statement. */
export interface Comparison {
  /** The name before the dot, if there is one. */
  readonly qualifier: string | undefined;
  readonly column: string;
  readonly kind: "equal" | "like";
  readonly other:
    | { readonly type: "expression"; readonly tokens: readonly Token[] }
    | { readonly type: "subquery"; readonly tokens: readonly Token[] }
    /** Joined with USING or NATURAL: equal to the column of that name in every other table. */
    | { readonly type: "sameName" };
}

const ENDS = [
  "and or where group order limit having union except intersect join left right full inner cross natural outer on",
  "using when then else end as escape asc desc offset window between is in like glob not collate from",
]
  .join(" ")
  .split(" ");

/**
 * Where a query compares one of `columns`, without regard to which table or branch of a condition it stands in.
 * Too many comparisons only mean that more is collected than needed; SQLite filters afterwards.
 */
export function comparisonsOf(tokens: readonly Token[], columns: ReadonlySet<string>): readonly Comparison[] {
  const found: Comparison[] = [];
  for (const [index, token] of tokens.entries()) {
    if (isKeyword(token, "natural")) {
      for (const column of columns) {
        found.push({ qualifier: undefined, column, kind: "equal", other: { type: "sameName" } });
      }
    }
    if (token.kind !== "name" || !columns.has(token.value)) continue;
    if (insideUsing(tokens, index)) {
      found.push({ qualifier: undefined, column: token.value, kind: "equal", other: { type: "sameName" } });
      continue;
    }
    const qualified = isSymbol(tokens[index - 1], ".");
    const qualifier = qualified ? tokens[index - 2]?.value : undefined;
    const subject = { qualifier, column: token.value };
    found.push(
      ...comparedAfter(tokens, index, subject),
      ...comparedBefore(tokens, qualified ? index - 2 : index, subject),
    );
  }
  return found;
}

type Subject = Pick<Comparison, "qualifier" | "column">;

function comparedAfter(tokens: readonly Token[], index: number, subject: Subject): readonly Comparison[] {
  const operator = tokens[index + 1];
  const is = isKeyword(operator, "is") && !isKeyword(tokens[index + 2], "not");
  if (isSymbol(operator, "=") || isSymbol(operator, "==") || is) {
    return [{ ...subject, kind: "equal", other: { type: "expression", tokens: expressionFrom(tokens, index + 2) } }];
  }
  if (isKeyword(operator, "like")) {
    const pattern = expressionFrom(tokens, index + 2);
    // A pattern with an escape character is not one that leads to paths: left empty, it cannot be followed.
    const escaped = isKeyword(tokens[index + 2 + pattern.length], "escape");
    return [{ ...subject, kind: "like", other: { type: "expression", tokens: escaped ? [] : pattern } }];
  }
  if (!isKeyword(operator, "in") || !isSymbol(tokens[index + 2], "(")) return [];
  const inside = tokens.slice(index + 3, closingBracket(tokens, index + 2));
  if (isKeyword(inside[0], "select", "with", "values")) {
    return [{ ...subject, kind: "equal", other: { type: "subquery", tokens: inside } }];
  }
  return listItems(inside).map((item) => ({ ...subject, kind: "equal", other: { type: "expression", tokens: item } }));
}

function comparedBefore(tokens: readonly Token[], index: number, subject: Subject): readonly Comparison[] {
  const operator = tokens[index - 1];
  if (!isSymbol(operator, "=") && !isSymbol(operator, "==")) return [];
  return [{ ...subject, kind: "equal", other: { type: "expression", tokens: expressionBefore(tokens, index - 2) } }];
}

function expressionFrom(tokens: readonly Token[], start: number): readonly Token[] {
  let index = start;
  while (index < tokens.length) {
    const token = tokens[index];
    if (isSymbol(token, ")") || isSymbol(token, ",") || isSymbol(token, ";") || isKeyword(token, ...ENDS)) break;
    index = isSymbol(token, "(") ? closingBracket(tokens, index) + 1 : index + 1;
  }
  return tokens.slice(start, index);
}

function expressionBefore(tokens: readonly Token[], last: number): readonly Token[] {
  let depth = 0;
  let index = last;
  for (; index >= 0; index--) {
    const token = tokens[index];
    if (isSymbol(token, ")")) depth++;
    if (isSymbol(token, "(") && --depth < 0) break;
    if (depth === 0 && (isSymbol(token, ",") || isKeyword(token, ...ENDS, "select", "distinct"))) break;
  }
  return tokens.slice(index + 1, last + 1);
}

function listItems(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, "(")) depth++;
    if (isSymbol(token, ")")) depth--;
    if (depth === 0 && isSymbol(token, ",")) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items.filter((item) => item.length > 0);
}

function insideUsing(tokens: readonly Token[], index: number): boolean {
  let open = index - 1;
  while (open >= 0 && (tokens[open]?.kind === "name" || isSymbol(tokens[open], ","))) open--;
  return isSymbol(tokens[open], "(") && isKeyword(tokens[open - 1], "using");
}
