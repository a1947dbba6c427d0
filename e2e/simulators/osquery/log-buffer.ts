import type { Ledger } from "./ledger.ts";
import type { OsquerySession } from "./osquery-session.ts";
import type { LogLine, LogLines } from "./scheduler.ts";

/** osqueryd's `logger_tls_max_lines`. */
const LINES_A_BATCH = 1024;
/** Far below osqueryd's million, because many hosts share one process. */
const MOST_BUFFERED = 20_000;

export interface LogBufferDeps {
  readonly session: OsquerySession;
  readonly ledger: Ledger;
  readonly gzip: boolean;
}

/** Log lines wait here until the server took them; a refused batch is sent again. When full, the oldest go. */
export class LogBuffer {
  readonly #deps: LogBufferDeps;
  readonly #waiting: LogLines = { result: [], status: [] };

  constructor(deps: LogBufferDeps) {
    this.#deps = deps;
  }

  add(lines: LogLines): void {
    for (const type of ["result", "status"] as const) {
      const waiting = this.#waiting[type];
      waiting.push(...lines[type]);
      if (waiting.length > MOST_BUFFERED) waiting.splice(0, waiting.length - MOST_BUFFERED);
    }
  }

  async flush(): Promise<void> {
    for (const logType of ["status", "result"] as const) {
      while (this.#waiting[logType].length > 0)
        await this.#send(logType, this.#waiting[logType].slice(0, LINES_A_BATCH));
    }
  }

  async #send(logType: "result" | "status", batch: readonly LogLine[]): Promise<void> {
    const { session, ledger, gzip } = this.#deps;
    try {
      await session.call("/log", { log_type: logType, data: batch }, gzip);
    } catch (error) {
      ledger.add({ kind: "logged", logType, lines: batch.length, accepted: false });
      throw error;
    }
    ledger.add({ kind: "logged", logType, lines: batch.length, accepted: true });
    this.#waiting[logType].splice(0, batch.length);
  }
}
