import { SeededRandom } from "../seeded-random.ts";
import { clockFacts, type DaemonState } from "./facts/clock-facts.ts";
import { diskFacts } from "./facts/disk-facts.ts";
import { hardwareFacts } from "./facts/hardware-facts.ts";
import { networkFacts } from "./facts/network-facts.ts";
import { peopleFacts } from "./facts/people-facts.ts";
import type { Row, TableBuilders } from "./facts/row.ts";
import { securityFacts } from "./facts/security-facts.ts";
import { softwareFactsOf } from "./facts/software-facts.ts";
import { systemFacts } from "./facts/system-facts.ts";
import type { HostIdentity } from "./host-identity.ts";
import { type TableName, tablesOf } from "./schema/all-tables.ts";

const builders: TableBuilders = {
  ...hardwareFacts,
  ...diskFacts,
  ...peopleFacts,
  ...networkFacts,
  ...securityFacts,
  ...systemFacts,
  ...softwareFactsOf(new SeededRandom("software catalogue")),
};

/** A change a person makes to one table: either all its rows, or columns of those that match `where`. */
export type FactChange =
  | { readonly table: string; readonly rows: readonly Row[] }
  | { readonly table: string; readonly patch: Row; readonly where?: Row };

/** Everything true about one host at this moment, table by table, made when first asked for. */
export class HostFacts {
  readonly identity: HostIdentity;
  readonly #random: SeededRandom;
  readonly #tables = new Map<TableName, readonly Row[]>();
  readonly #versions = new Map<TableName, number>();
  #daemon: DaemonState;

  constructor(identity: HostIdentity, random: SeededRandom, daemon: DaemonState) {
    this.identity = identity;
    this.#random = random;
    this.#daemon = daemon;
  }

  configured(configHash: string): void {
    this.#daemon = { ...this.#daemon, configHash };
  }

  rows(table: TableName, now: Date): readonly Row[] {
    const clock = clockFacts[table];
    if (clock !== undefined) return clock(this.identity, this.#daemon, now);
    const known = this.#tables.get(table);
    if (known !== undefined) return known;
    const built = builders[table]?.(this.identity, this.#random.fork(table)) ?? [];
    this.#tables.set(table, built);
    return built;
  }

  /** Rises with every change of a table; undefined where rows depend on the clock and must not be kept. */
  version(table: TableName): number | undefined {
    return clockFacts[table] === undefined ? (this.#versions.get(table) ?? 0) : undefined;
  }

  replace(table: TableName, rows: readonly Row[]): void {
    this.#tables.set(table, rows);
    this.#versions.set(table, (this.#versions.get(table) ?? 0) + 1);
  }

  /** @returns how many rows the table has (for `rows`) or were changed (for `patch`). */
  apply(change: FactChange, now: Date): number {
    const table = this.#known(change);
    if ("rows" in change) {
      this.replace(table, change.rows);
      return change.rows.length;
    }
    const where = Object.entries(change.where ?? {});
    let changed = 0;
    const rows = this.rows(table, now).map((row) => {
      if (!where.every(([column, value]) => String(row[column] ?? "") === String(value))) return row;
      changed += 1;
      return { ...row, ...change.patch };
    });
    this.replace(table, rows);
    return changed;
  }

  #known(change: FactChange): TableName {
    const { platform } = this.identity;
    const table = change.table as TableName;
    const columns = tablesOf(platform, true).get(table);
    if (columns === undefined) throw new Error(`no such table on ${platform}: ${table}`);
    if (clockFacts[table] !== undefined) throw new Error(`${table} follows the clock and cannot be set`);
    const named = "rows" in change ? change.rows : [change.patch, change.where ?? {}];
    const unknown = named.flatMap(Object.keys).find((name) => !columns.some((column) => column.name === name));
    if (unknown !== undefined) throw new Error(`no such column in ${table}: ${unknown}`);
    return table;
  }
}
