import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { endWithAgent } from "./end-with-agent.ts";
import type { AnswerRow } from "./engine.ts";
import type { QueryBegun, QueryReply, QueryRequest } from "./query-process.ts";
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

/** In MiB. A query that needs more ends its process, not the agent or the machine; small young space keeps the idle process small. */
const MEMORY_LIMITS = "--max-old-space-size=192 --max-semi-space-size=1";

const START_LIMIT_MS = 30_000;

/** Keeps one query process warm, kills it when a query takes too long, and starts another for the next one. */
export function startQueryRunner({ command, timeLimitMs }: QueryProcessOptions): QueryRunner {
  let child = startChild(command);
  let tail: Promise<unknown> = Promise.resolve();
  let nextId = 1;
  let stopped = false;

  const ask = async (sql: string): Promise<readonly AnswerRow[]> => {
    if (stopped) throw new SqlError("sql.stopped", "the agent is stopping");
    if (child.killed || hasEnded(child) || !child.connected) child = startChild(command);
    const reply = await replyWithin(child, { id: nextId++, sql }, timeLimitMs);
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
      if (hasEnded(child)) return;
      const ended = once(child, "exit");
      // Else the agent's own process could be over before this wait is.
      child.ref();
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

function startChild([program, ...args]: readonly [string, ...string[]]): ChildProcess {
  const { MUSTER_AGENT_TOKEN: _, ...environment } = process.env;
  const child = spawn(program, args, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...environment, NODE_OPTIONS: MEMORY_LIMITS },
  });
  // A program that cannot be started says so here; whoever asks next sees that the process is gone.
  child.on("error", () => child.kill("SIGKILL"));
  endWithAgent(child);
  child.unref();
  child.channel?.unref();
  return child;
}

/** The limit is for the query: it counts from when the process, which may just be starting, says it has begun. */
async function replyWithin(child: ChildProcess, request: QueryRequest, timeLimitMs: number): Promise<QueryReply> {
  child.channel?.ref();
  const listening = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<QueryReply>((resolve, reject) => {
      const killAfter = (ms: number, what: string) => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          child.kill("SIGKILL");
          reject(new SqlError("sql.time_limit", `${what} took longer than ${ms} ms`));
        }, ms);
      };
      const onMessage = (message: QueryReply | QueryBegun) => {
        if (message.id !== request.id) return;
        if ("begun" in message) killAfter(timeLimitMs, "the query");
        else resolve(message);
      };
      const onExit = () => reject(new SqlError("sql.stopped", "the query process ended before it answered"));
      child.on("message", onMessage);
      child.on("exit", onExit);
      listening.signal.addEventListener("abort", () => child.off("message", onMessage).off("exit", onExit));
      killAfter(START_LIMIT_MS, "the start of the query process");
      child.send(request);
    });
  } finally {
    clearTimeout(timer);
    listening.abort();
    child.channel?.unref();
  }
}
