import type { QueryRunner } from "../sql/query-runner.ts";
import type { Decorators } from "./osquery-config.ts";

/** What goes with every line: the first rows of the decorators, each as fresh as its kind says. */
export class Decorations {
  readonly #decorators: Decorators;
  readonly #runner: QueryRunner;
  readonly #held = new Map<string, Readonly<Record<string, string>>>();
  readonly #askedAt = new Map<string, number>();

  constructor(decorators: Decorators, runner: QueryRunner) {
    this.#decorators = decorators;
    this.#runner = runner;
  }

  /** Those that are due are asked; `now` in milliseconds. */
  async at(now: number): Promise<Readonly<Record<string, string>>> {
    const { load, always, interval } = this.#decorators;
    for (const sql of load) await this.#ask(sql, now, Number.POSITIVE_INFINITY);
    for (const { sql, everySec } of interval) await this.#ask(sql, now, everySec * 1_000);
    for (const sql of always) await this.#ask(sql, now, 0);
    return Object.assign({}, ...this.#held.values());
  }

  async #ask(sql: string, now: number, goodForMs: number): Promise<void> {
    const askedAt = this.#askedAt.get(sql);
    if (askedAt !== undefined && now - askedAt < goodForMs) return;
    this.#askedAt.set(sql, now);
    try {
      const [row] = await this.#runner.query(sql);
      this.#held.set(sql, row ?? {});
    } catch {
      // A decoration that cannot be had is left out: the line matters more.
      this.#held.delete(sql);
    }
  }
}
