import type { Json } from "./declaration.ts";

/** Where a predicate finds its values. Undefined: there is no such item. */
export interface PredicateValues {
  status(path: string): Json | undefined;
  property(name: string): Json | undefined;
}

/** The predicate is beyond what a simulated device reads. */
export class PredicateUnreadable extends Error {}
/** The predicate asks for a value that is not there. */
export class PredicateUnanswerable extends Error {}

const TOKEN =
  /\s*(?:(@(?:status|property|key)\([\w.-]+\))|('[^']*'|"[^"]*")|(-?\d+(?:\.\d+)?)|(==|!=|<=|>=|=|<|>|\(|\)|\{|\}|,|&&|\|\||!)|([A-Za-z_]+))/y;

type Value = Json | undefined;
type Evaluate<T> = (values: PredicateValues) => T;

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  let at = 0;
  while (text.slice(at).trim() !== "") {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw new PredicateUnreadable(`cannot read "${text.slice(at)}"`);
    tokens.push(match[0].trim());
    at = TOKEN.lastIndex;
  }
  return tokens;
};

const known = (value: Value, what: string): Json => {
  if (value === undefined) throw new PredicateUnanswerable(`there is no ${what}`);
  return value;
};

const textIn = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

const COMPARISONS: Readonly<Record<string, (left: Json, right: Json) => boolean>> = {
  "==": (left, right) => left === right,
  "=": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => Number(left) < Number(right),
  "<=": (left, right) => Number(left) <= Number(right),
  ">": (left, right) => Number(left) > Number(right),
  ">=": (left, right) => Number(left) >= Number(right),
  IN: (left, right) => Array.isArray(right) && right.includes(left),
  BEGINSWITH: (left, right) => textIn(left).startsWith(textIn(right)),
  ENDSWITH: (left, right) => textIn(left).endsWith(textIn(right)),
  CONTAINS: (left, right) => (Array.isArray(left) ? left.includes(right) : textIn(left).includes(textIn(right))),
};

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  whole(): Evaluate<boolean> {
    const evaluate = this.#either();
    if (this.#at < this.#tokens.length) throw new PredicateUnreadable(`"${this.#next()}" is too much`);
    return evaluate;
  }

  #peek(): string {
    return (this.#tokens[this.#at] ?? "").toUpperCase();
  }

  #next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new PredicateUnreadable("the predicate ends too early");
    this.#at += 1;
    return token;
  }

  #expect(token: string): void {
    if (this.#next() !== token) throw new PredicateUnreadable(`"${token}" is missing`);
  }

  #either(): Evaluate<boolean> {
    let left = this.#both();
    while (["OR", "||"].includes(this.#peek())) {
      this.#next();
      const [first, second] = [left, this.#both()];
      left = (values) => first(values) || second(values);
    }
    return left;
  }

  #both(): Evaluate<boolean> {
    let left = this.#single();
    while (["AND", "&&"].includes(this.#peek())) {
      this.#next();
      const [first, second] = [left, this.#single()];
      left = (values) => first(values) && second(values);
    }
    return left;
  }

  #single(): Evaluate<boolean> {
    const token = this.#peek();
    if (token === "NOT" || token === "!") {
      this.#next();
      const inner = this.#single();
      return (values) => !inner(values);
    }
    if (token === "TRUEPREDICATE" || token === "FALSEPREDICATE") {
      this.#next();
      return () => token === "TRUEPREDICATE";
    }
    if (token === "(") {
      this.#next();
      const inner = this.#either();
      this.#expect(")");
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Evaluate<boolean> {
    const left = this.#value();
    const operator = this.#next().toUpperCase();
    const compare = COMPARISONS[operator];
    if (compare === undefined) throw new PredicateUnreadable(`the operator ${operator} is not known`);
    const right = this.#value();
    return (values) => compare(left(values), right(values));
  }

  #value(): Evaluate<Json> {
    const token = this.#next();
    const named = /^@(status|property)\(([\w.-]+)\)$/.exec(token);
    if (named !== null) {
      const [, where, name = ""] = named;
      return (values) => known(where === "status" ? values.status(name) : values.property(name), token);
    }
    if (/^['"]/.test(token)) return () => token.slice(1, -1);
    if (/^-?\d/.test(token)) return () => Number(token);
    if (/^(TRUE|YES)$/i.test(token)) return () => true;
    if (/^(FALSE|NO)$/i.test(token)) return () => false;
    if (token === "{") return this.#list();
    throw new PredicateUnreadable(`"${token}" is no value`);
  }

  #list(): Evaluate<Json> {
    const members: Evaluate<Json>[] = [];
    while (this.#peek() !== "}") {
      members.push(this.#value());
      if (this.#peek() === ",") this.#next();
    }
    this.#expect("}");
    return (values) => members.map((member) => member(values));
  }
}

/** Evaluates the part of NSPredicate that activations are usually written in. @throws PredicateUnreadable PredicateUnanswerable */
export const isTrue = (predicate: string, values: PredicateValues): boolean => new Reader(predicate).whole()(values);
