import type { Bell } from "../channel/bell.ts";
import type { Log } from "../log.ts";
import type { LogBuffer } from "../logs/log-buffer.ts";
import type { AnswerRow } from "../sql/engine.ts";
import type { QueryRunner } from "../sql/query-runner.ts";
import { SqlError } from "../sql/sql-error.ts";
import type { Baselines } from "./baselines.ts";
import { Decorations } from "./decorations.ts";
import { type Difference, difference } from "./difference.ts";
import { isDue, untilDue } from "./due.ts";
import { differenceLines, type LineContext, snapshotLine } from "./log-lines.ts";
import type { OsqueryConfig, ScheduledQuery } from "./osquery-config.ts";

export interface ScheduleOptions {
  readonly runner: QueryRunner;
  readonly baselines: Baselines;
  readonly buffer: LogBuffer;
  readonly host: string;
  readonly log: Log;
  readonly now: () => Date;
}

/** A discovery query's answer is believed for this long, as in osquery (pack_refresh_interval). */
const DISCOVERY_GOOD_MS = 3_600_000;
/** A query that was ended because of its time is left out for this long, as osquery does with one that its watchdog ended. */
const DENIED_MS = 24 * 3_600_000;
const LONGEST_PAUSE_MS = 60_000;

/** Runs the scheduled queries of the configuration when their turn comes, and logs what they give. */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #discovered = new Map<string, { readonly applies: boolean; readonly at: number }>();
  readonly #deniedUntil = new Map<string, number>();
  #config: OsqueryConfig | undefined;
  #decorations: Decorations | undefined;
  #lookedAt: Date;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#lookedAt = options.now();
  }

  async configure(config: OsqueryConfig): Promise<void> {
    this.#config = config;
    this.#decorations = new Decorations(config.decorators, this.#options.runner);
    this.#discovered.clear();
    this.#deniedUntil.clear();
    await this.#options.baselines.keepOnly(config.queries.filter(({ snapshot }) => !snapshot).map(({ name }) => name));
  }

  /** Runs what is due, again and again, until the signal aborts; the bell says that there is a new configuration. */
  async run(bell: Bell, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.runDue(signal);
      const pauses = (this.#config?.queries ?? []).map((query) => untilDue(query.intervalSec, this.#options.now()));
      await bell.wait(Math.max(0, Math.min(LONGEST_PAUSE_MS, ...pauses)), signal);
    }
  }

  /** Runs what became due since the last time, one after the other. */
  async runDue(signal: AbortSignal): Promise<void> {
    const now = this.#options.now();
    const after = this.#lookedAt;
    this.#lookedAt = now;
    // A clock that was set back begins a new count.
    if (now < after) return;
    for (const query of this.#config?.queries ?? []) {
      if (signal.aborted) return;
      if (!isDue(query.intervalSec, after, now) || (this.#deniedUntil.get(query.name) ?? 0) > now.getTime()) continue;
      if (!(await this.#applies(query))) continue;
      try {
        await this.#runOne(query);
      } catch (error) {
        // A full disk, above all: the next turn tries again.
        this.#options.log.error("what a scheduled query gave could not be kept", { query: query.name, error });
      }
    }
  }

  async #runOne(query: ScheduledQuery): Promise<void> {
    const { runner, log } = this.#options;
    let rows: readonly AnswerRow[];
    try {
      rows = await runner.query(query.sql);
    } catch (error) {
      if (error instanceof SqlError && error.code === "sql.stopped") return;
      const tooLong = error instanceof SqlError && error.code === "sql.time_limit";
      if (tooLong) this.#deniedUntil.set(query.name, this.#options.now().getTime() + DENIED_MS);
      log.warn("scheduled query failed", { query: query.name, error, deniedForMs: tooLong ? DENIED_MS : 0 });
      return;
    }
    await this.#record(query, rows);
  }

  // The lines are in the buffer before they become what the next run is compared with: none is lost in between.
  async #record(query: ScheduledQuery, rows: readonly AnswerRow[]): Promise<void> {
    const { baselines, buffer, now, host } = this.#options;
    const config = this.#config;
    if (config === undefined) return;
    const { name, sql } = query;
    const { epoch, decorationsOnTop, lineForEachRow } = config;
    const at = now();
    const decorations = (await this.#decorations?.at(at.getTime())) ?? {};
    const context = { name, host, at, epoch, counter: 0, decorations, decorationsOnTop } satisfies LineContext;
    if (query.snapshot) return buffer.add("result", [snapshotLine(context, rows)]);
    const before = await baselines.read(name);
    const comparable = before !== undefined && before.sql === sql && before.epoch === epoch;
    const counter = comparable ? before.counter + 1 : 0;
    const changed = difference(comparable ? before.rows : [], rows);
    if (comparable && changed.added.length + changed.removed.length === 0) return;
    const told: Difference = query.removed ? changed : { ...changed, removed: [] };
    await buffer.add("result", differenceLines({ ...context, counter }, told, lineForEachRow));
    await baselines.write(name, { sql, epoch, counter, rows });
  }

  async #applies({ discovery }: ScheduledQuery): Promise<boolean> {
    for (const sql of discovery) if (!(await this.#givesRow(sql))) return false;
    return true;
  }

  async #givesRow(sql: string): Promise<boolean> {
    const now = this.#options.now().getTime();
    const known = this.#discovered.get(sql);
    if (known !== undefined && now - known.at < DISCOVERY_GOOD_MS) return known.applies;
    const applies = await this.#options.runner.query(sql).then(
      (rows) => rows.length > 0,
      () => false,
    );
    this.#discovered.set(sql, { applies, at: now });
    return applies;
  }
}
