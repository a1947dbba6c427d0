export interface Token {
  readonly kind: "name" | "string" | "number" | "symbol";
  /** Lower case for a name; the content for a string; otherwise as written. */
  readonly value: string;
  /** True for "x", `x` and [x], which are never keywords. */
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

const PATTERN =
  /(?<space>\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])|(?<name>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<number>\d[\w.]*|\.\d[\w.]*)|(?<symbol>\|\||==|<=|>=|<>|!=|<<|>>|->>?|[\s\S])/gy;

/** SQL in tokens as SQLite cuts it; blanks and comments are left out. Says nothing of whether the SQL is right. */
export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(PATTERN)) {
    const groups = match.groups ?? {};
    if (groups["space"] !== undefined) continue;
    const text = match[0];
    const at = { start: match.index, end: match.index + text.length };
    if (groups["string"] !== undefined) {
      tokens.push({ kind: "string", value: text.slice(1, -1).replaceAll("''", "'"), quoted: true, ...at });
    } else if (groups["quoted"] !== undefined) {
      tokens.push({ kind: "name", value: text.slice(1, -1).toLowerCase(), quoted: true, ...at });
    } else if (groups["name"] !== undefined) {
      tokens.push({ kind: "name", value: text.toLowerCase(), quoted: false, ...at });
    } else {
      tokens.push({ kind: groups["number"] === undefined ? "symbol" : "number", value: text, quoted: false, ...at });
    }
  }
  return tokens;
}

export const isSymbol = (token: Token | undefined, value: string): boolean =>
  token?.kind === "symbol" && token.value === value;

export const isKeyword = (token: Token | undefined, ...values: readonly string[]): boolean =>
  token?.kind === "name" && !token.quoted && values.includes(token.value);

/** The index of the bracket that closes the one at `open`, or the end. */
export function closingBracket(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    if (isSymbol(tokens[index], "(")) depth++;
    if (isSymbol(tokens[index], ")") && --depth === 0) return index;
  }
  return tokens.length;
}
