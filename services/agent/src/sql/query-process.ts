import { setPriority } from "node:os";
import { allTables } from "../tables/all-tables.ts";
import { type AnswerRow, createEngine } from "./engine.ts";
import { SqlError, type SqlErrorCode } from "./sql-error.ts";

export interface QueryRequest {
  readonly id: number;
  readonly sql: string;
}

/** Sent before the reply: the query is being worked on from now on. */
export interface QueryBegun {
  readonly id: number;
  readonly begun: true;
}

export type QueryReply =
  | { readonly id: number; readonly rows: readonly AnswerRow[] }
  | { readonly id: number; readonly code: SqlErrorCode; readonly message: string };

const NICE = 10;

/**
 * Serves queries that arrive over the process channel until that closes.
 * A process, not a thread: SQLite in the middle of a long step heeds neither JavaScript nor a thread's end, only a signal.
 */
export function serveQueries(options: {
  readonly version: string;
  readonly startedAt: Date;
  readonly maxRows: number;
}): void {
  setPriority(NICE);
  const engine = createEngine({ tables: allTables(options), maxRows: options.maxRows });
  process.on("message", ({ id, sql }: QueryRequest) => {
    const begun: QueryBegun = { id, begun: true };
    // The answer is worked out without a pause, so this must have left before.
    process.send?.(begun, () => process.send?.(replyTo(id, () => engine.answer(sql))));
  });
  process.on("disconnect", () => process.exit(0));
  // A terminal's Ctrl-C or systemd's stop reaches the whole group; the agent decides when this process ends.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
}

function replyTo(id: number, answer: () => readonly AnswerRow[]): QueryReply {
  try {
    return { id, rows: answer() };
  } catch (error) {
    if (error instanceof SqlError) return { id, code: error.code, message: error.message };
    return { id, code: "sql.invalid", message: error instanceof Error ? error.message : String(error) };
  }
}
