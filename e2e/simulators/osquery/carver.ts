import type { SeededRandom } from "../seeded-random.ts";
import type { HostFacts } from "./host-facts.ts";
import type { AnswerRow, HostSql } from "./host-sql.ts";

export interface PendingCarve {
  readonly guid: string;
  /** A number of its own: since 4.7 osqueryd does not tell which question asked for the files. */
  readonly requestId: string;
  readonly path: string;
}

const ASKS = /\bfrom\s+carves\b.*\bcarve\s*=\s*1\b/is;
const PATH = /\bpath\s*(?:=|like)\s*'((?:[^']|'')*)'/i;

/** The table `carves` of one host, in which a query with `carve = 1` enters a carve, and what waits to be sent. */
export class Carver {
  readonly #sql: Pick<HostSql, "run">;
  readonly #random: SeededRandom;
  #pending: PendingCarve[] = [];

  constructor(sql: Pick<HostSql, "run">, random: SeededRandom) {
    this.#sql = sql;
    this.#random = random;
  }

  /** Runs a query; the carve that it asks for is the one row with carve = 1 that it sees. */
  run(sql: string, facts: HostFacts, now: Date): AnswerRow[] {
    const path = ASKS.test(sql) ? PATH.exec(sql)?.[1]?.replaceAll("''", "'") : undefined;
    if (path === undefined) return this.#sql.run(sql, facts, now);
    const carve: PendingCarve = { guid: this.#random.uuid(), requestId: this.#random.uuid(), path };
    const row = {
      time: Math.floor(now.getTime() / 1000),
      sha256: "",
      size: -1,
      path,
      status: "SCHEDULED",
      carve_guid: carve.guid,
      request_id: carve.requestId,
    };
    const before = facts.rows("carves", now);
    facts.replace("carves", [...before, { ...row, carve: 1 }]);
    try {
      return this.#sql.run(sql, facts, now);
    } finally {
      facts.replace("carves", [...before, { ...row, carve: 0 }]);
      this.#pending.push(carve);
    }
  }

  /** What is to be sent now; each is taken once. */
  take(): readonly PendingCarve[] {
    const due = this.#pending;
    this.#pending = [];
    return due;
  }
}
