import { parseQueryName, type QueryName } from "./query-name.ts";
import { refuse } from "./refusals.ts";
import { readRows, storable } from "./rows.ts";
import type { AnsweredRows, UnreadRows } from "./unread-rows.ts";

export interface QueryStats {
  readonly wallTimeMs: number;
  readonly userTimeMs: number;
  readonly systemTimeMs: number;
  readonly memoryBytes: number;
}

/** A host's answer to one question. */
export interface Answer {
  readonly name: QueryName;
  /** The name as text. */
  readonly asked: string;
  readonly rows: AnsweredRows;
  /** Why the host could not answer; empty when it did. */
  readonly error: string;
  readonly stats: QueryStats | undefined;
}

export interface DistributedWrite {
  readonly answers: readonly Answer[];
  /** How many names were not ours. */
  readonly unknown: number;
}

const MAX_ERROR = 1_000;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (body: Fields, name: string): Fields => {
  const value = body[name];
  if (value === undefined || value === null) return {};
  if (typeof value === "object" && !Array.isArray(value)) return value as Fields;
  throw refuse("osquery.bad_body", `"${name}" has to be an object by query name`);
};

/**
 * Reads the body of distributed/write. Status 0 or "0", or none, is an answer; everything else is a failure. Answers that
 * were cut out of the body are given beside it.
 */
export function readDistributedWrite(body: Fields, cut: readonly UnreadRows[] = []): DistributedWrite {
  const queries = fieldsOf(body, "queries");
  const statuses = fieldsOf(body, "statuses");
  const messages = fieldsOf(body, "messages");
  const stats = fieldsOf(body, "stats");
  const answers: Answer[] = [];
  let unknown = 0;
  for (const text of new Set([...Object.keys(queries), ...Object.keys(statuses)])) {
    const name = parseQueryName(text);
    if (name === undefined) {
      unknown++;
      continue;
    }
    const raw = queries[text];
    const rows = (typeof raw === "number" ? cut[-raw - 1] : undefined) ?? readRows(raw);
    if (rows === undefined) throw refuse("osquery.bad_body", `the answer to "${text}" has to be a list of rows`);
    const status = statuses[text];
    const failed = status !== undefined && status !== null && status !== 0 && status !== "0" && status !== "";
    const error = failed ? failureText(messages[text], status) : "";
    answers.push({ name, asked: text, rows: failed ? [] : rows, error, stats: readStats(stats[text]) });
  }
  return { answers, unknown };
}

function failureText(message: unknown, status: unknown): string {
  const said = typeof message === "string" ? storable(message).trim() : "";
  return (said === "" ? `the host answered with status ${String(status)}` : said).slice(0, MAX_ERROR);
}

function readStats(raw: unknown): QueryStats | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const number = (name: string): number => {
    const value = Number((raw as Fields)[name]);
    return Number.isFinite(value) && value >= 0 ? value : 0;
  };
  return {
    wallTimeMs: number("wall_time_ms"),
    userTimeMs: number("user_time"),
    systemTimeMs: number("system_time"),
    memoryBytes: number("memory"),
  };
}
