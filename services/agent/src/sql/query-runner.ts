import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AnswerRow } from "./engine.ts";
import type { QueryReply } from "./query-process.ts";
import { SqlError } from "./sql-error.ts";

/** Answers SQL about this machine; one query at a time, in the order they are asked. */
export interface QueryRunner {
  /** Rejects with SqlError. */
  query(sql: string): Promise<readonly AnswerRow[]>;
  stop(): Promise<void>;
}

export interface QueryProcessOptions {
  /** The program and arguments that run `serveQueries`. */
  readonly command: readonly [string, ...string[]];
  readonly timeLimitMs: number;
}

/** Keeps one query process warm, kills it when a query takes too long, and starts another for the next one. */
export function startQueryRunner({ command, timeLimitMs }: QueryProcessOptions): QueryRunner {
  let child = startChild(command);
  let tail: Promise<unknown> = Promise.resolve();
  let nextId = 1;
  let stopped = false;

  const ask = async (sql: string): Promise<readonly AnswerRow[]> => {
    if (stopped) throw new SqlError("sql.stopped", "the agent is stopping");
    if (child.killed || child.exitCode !== null || child.signalCode !== null || !child.connected)
      child = startChild(command);
    const reply = await replyWithin(child, nextId++, sql, timeLimitMs);
    if ("rows" in reply) return reply.rows;
    throw new SqlError(reply.code, reply.message);
  };

  return {
    query(sql) {
      const answer = tail.then(() => ask(sql));
      tail = answer.catch(() => undefined);
      return answer;
    },
    async stop() {
      stopped = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

function startChild([program, ...args]: readonly [string, ...string[]]): ChildProcess {
  const { MUSTER_AGENT_TOKEN: _, ...environment } = process.env;
  const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], env: environment });
  // A program that cannot be started says so here; whoever asks next sees that the process is gone.
  child.on("error", () => child.kill("SIGKILL"));
  child.unref();
  child.channel?.unref();
  return child;
}

async function replyWithin(child: ChildProcess, id: number, sql: string, timeLimitMs: number): Promise<QueryReply> {
  child.channel?.ref();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<QueryReply>((resolve, reject) => {
      timer = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new SqlError("sql.time_limit", `the query took longer than ${timeLimitMs} ms`));
      }, timeLimitMs);
      child.on("message", (message: QueryReply) => {
        if (message.id === id) resolve(message);
      });
      child.once("exit", () => reject(new SqlError("sql.stopped", "the query process ended before it answered")));
      child.send({ id, sql });
    });
  } finally {
    clearTimeout(timer);
    child.removeAllListeners("message");
    child.removeAllListeners("exit");
    child.channel?.unref();
  }
}
