import type { AnswerDeps } from "./distributed.ts";
import { OSQUERY_VERSION } from "./facts/clock-facts.ts";
import type { AnswerRow } from "./host-sql.ts";
import type { OsqueryConfig, ScheduledQuery } from "./osquery-config.ts";

export type LogLine = Readonly<Record<string, unknown>>;

export interface LogLines {
  readonly result: LogLine[];
  readonly status: LogLine[];
}

interface QueryState {
  readonly sql: string;
  dueAtMs: number;
  counter: number;
  last: ReadonlyMap<string, AnswerRow>;
}

/** Each row once, by its content: that is how osquery compares two runs. */
const byContent = (rows: readonly AnswerRow[]): ReadonlyMap<string, AnswerRow> =>
  new Map(rows.map((row) => [JSON.stringify(row), row]));

/** Runs the scheduled queries of one host and writes their log lines, snapshot or differential, as osqueryd does. */
export class Scheduler {
  readonly #deps: AnswerDeps;
  readonly #states = new Map<string, QueryState>();
  #config: OsqueryConfig | undefined;
  #decorations: AnswerRow = {};

  constructor(deps: AnswerDeps) {
    this.#deps = deps;
  }

  configure(config: OsqueryConfig): void {
    this.#config = config;
    this.#decorations = {};
    for (const sql of config.decorators) {
      try {
        Object.assign(this.#decorations, this.#deps.sql.run(sql, this.#deps.facts, this.#deps.now())[0]);
      } catch {
        // osqueryd goes on without a decoration that cannot be had.
      }
    }
    const wanted = new Map(config.scheduled.map((query) => [query.name, query]));
    for (const [name, state] of this.#states) {
      if (wanted.get(name)?.query !== state.sql) this.#states.delete(name);
    }
  }

  /** Milliseconds until the next query is due; Infinity without a schedule. */
  dueInMs(): number {
    const now = this.#deps.now().getTime();
    const dues = (this.#config?.scheduled ?? []).map((query) => (this.#states.get(query.name)?.dueAtMs ?? now) - now);
    return Math.max(0, Math.min(Number.POSITIVE_INFINITY, ...dues));
  }

  /** Runs what is due and gives its log lines. A new query is due at once. */
  run(): LogLines {
    const lines: LogLines = { result: [], status: [] };
    const now = this.#deps.now();
    for (const query of this.#config?.scheduled ?? []) {
      const state = this.#states.get(query.name) ?? { sql: query.query, dueAtMs: 0, counter: 0, last: new Map() };
      this.#states.set(query.name, state);
      if (state.dueAtMs > now.getTime()) continue;
      state.dueAtMs = now.getTime() + query.intervalSec * 1000;
      try {
        lines.result.push(...this.#lines(query, state, now));
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        lines.status.push(this.statusLine(2, `Error executing scheduled query ${query.name}: ${reason}`));
      }
    }
    return lines;
  }

  /** @param severity glog's: 0 info, 1 warning, 2 error. */
  statusLine(severity: 0 | 1 | 2, message: string): LogLine {
    return {
      hostIdentifier: this.#deps.facts.identity.uuid,
      ...this.#time(this.#deps.now()),
      severity: String(severity),
      filename: "scheduler.cpp",
      line: "144",
      message,
      version: OSQUERY_VERSION,
      decorations: this.#decorations,
    };
  }

  #lines(query: ScheduledQuery, state: QueryState, now: Date): LogLine[] {
    const rows = this.#deps.sql.run(query.query, this.#deps.facts, now);
    const common = {
      name: query.name,
      hostIdentifier: this.#deps.facts.identity.uuid,
      ...this.#time(now),
      epoch: 0,
      counter: state.counter,
      numerics: false,
      decorations: this.#decorations,
    };
    state.counter += 1;
    if (query.snapshot) return [{ ...common, action: "snapshot", snapshot: rows }];
    const current = byContent(rows);
    const removed = query.removed ? [...state.last].filter(([content]) => !current.has(content)) : [];
    const added = [...current].filter(([content]) => !state.last.has(content));
    state.last = current;
    return [
      ...removed.map(([, columns]) => ({ ...common, action: "removed", columns })),
      ...added.map(([, columns]) => ({ ...common, action: "added", columns })),
    ];
  }

  #time(now: Date): { calendarTime: string; unixTime: number } {
    return { calendarTime: `${now.toUTCString().slice(0, -4)} UTC`, unixTime: Math.floor(now.getTime() / 1000) };
  }
}
