/** Turns the text of one variable into its value, or throws an Error whose message says what is expected. */
export type Parser<T> = (raw: string) => T;

/** The variable's name, how it is read, and its default; without a default it must be set. */
export type Variable<T> = readonly [name: string, parse: Parser<T>, fallback?: T];

export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

type Values<S> = { readonly [K in keyof S]: S[K] extends Variable<infer T> ? T : never };

/** Reads all variables at once and freezes them; throws one ConfigurationError that lists every problem. */
export function readEnvironment<const S extends Record<string, Variable<unknown>>>(
  env: NodeJS.ProcessEnv,
  variables: S,
): Values<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, [name, parse, ...fallback]] of Object.entries(variables)) {
    const raw = env[name];
    if (raw === undefined || raw === "") {
      if (fallback.length === 0) problems.push(`${name} is not set`);
      else values[key] = fallback[0];
      continue;
    }
    try {
      values[key] = parse(raw);
    } catch (error) {
      problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(`configuration:\n  ${problems.join("\n  ")}`);
  return Object.freeze(values) as Values<S>;
}

export const text: Parser<string> = (raw) => raw;

export const port: Parser<number> = (raw) => {
  const value = Number(raw);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new Error(`"${raw}" is not a port (0 to 65535)`);
  return value;
};

export const wholeNumber: Parser<number> = (raw) => {
  const value = Number(raw);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`"${raw}" is not a whole number`);
  return value;
};

export const list: Parser<readonly string[]> = (raw) =>
  raw
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** Base64 of exactly this many bytes, or of any number when none is given. */
export const bytes =
  (length?: number): Parser<Buffer> =>
  (raw) => {
    const value = Buffer.from(raw, "base64");
    if (value.length === 0 || (length !== undefined && value.length !== length)) {
      throw new Error(length === undefined ? "not base64" : `not base64 of ${length} bytes`);
    }
    return value;
  };
