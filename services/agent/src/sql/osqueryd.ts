import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { AnswerRow } from "./engine.ts";
import type { QueryRunner } from "./query-runner.ts";
import { SqlError } from "./sql-error.ts";

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** Answers with an osqueryd that is installed, a process for each query, in place of the agent's own tables. */
export function osquerydRunner(path: string, timeLimitMs: number): QueryRunner {
  const run = promisify(execFile);
  return {
    async query(sql) {
      try {
        const { stdout } = await run(path, ["-S", "--json", sql], {
          timeout: timeLimitMs,
          killSignal: "SIGKILL",
          maxBuffer: MAX_OUTPUT_BYTES,
        });
        return JSON.parse(stdout) as readonly AnswerRow[];
      } catch (error) {
        const { killed, stderr, message } = error as { killed?: boolean; stderr?: string; message: string };
        if (killed === true) {
          throw new SqlError("sql.time_limit", `the query took longer than ${timeLimitMs} ms`, { cause: error });
        }
        throw new SqlError("sql.invalid", stderr?.trim() || message, { cause: error });
      }
    },
    stop: async () => undefined,
  };
}
