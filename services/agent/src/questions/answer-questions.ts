import type { AnswerRow } from "../sql/engine.ts";
import type { QueryRunner } from "../sql/query-runner.ts";

/** What `distributed/read` asks: SQL by name, and for some a query that must give a row for the question to apply. */
export interface Questions {
  readonly queries?: Readonly<Record<string, string>>;
  readonly discovery?: Readonly<Record<string, string>>;
  /** Seconds during which the server wants to be asked every five. */
  readonly accelerate?: number;
}

/** The body of `distributed/write`, but for the node key. */
export interface Answers {
  readonly queries: Record<string, readonly AnswerRow[]>;
  readonly statuses: Record<string, 0 | 1>;
  readonly messages: Record<string, string>;
  readonly stats: Record<string, { wall_time_ms: number; user_time: number; system_time: number; memory: number }>;
}

/** A write is sent once it has grown to about this, so that one large answer does not hold up, or sink, the others. */
const WRITE_CHARACTERS = 1024 * 1024;

/** Answers in the order of asking, in portions. A question whose discovery query gives no row is not answered. */
export async function* answerQuestions(
  questions: Questions,
  runner: QueryRunner,
  clock: () => number,
): AsyncIterable<Answers> {
  let portion = emptyAnswers();
  let characters = 0;
  for (const [name, sql] of Object.entries(questions.queries ?? {})) {
    const discovery = questions.discovery?.[name];
    if (discovery !== undefined && !(await applies(discovery, runner))) continue;
    const start = clock();
    const { rows, status, message } = await answer(sql, runner);
    portion.queries[name] = rows;
    portion.statuses[name] = status;
    if (message !== undefined) portion.messages[name] = message;
    portion.stats[name] = { wall_time_ms: Math.round(clock() - start), user_time: 0, system_time: 0, memory: 0 };
    characters += JSON.stringify(rows).length;
    if (characters < WRITE_CHARACTERS) continue;
    yield portion;
    portion = emptyAnswers();
    characters = 0;
  }
  if (Object.keys(portion.statuses).length > 0) yield portion;
}

const emptyAnswers = (): Answers => ({ queries: {}, statuses: {}, messages: {}, stats: {} });

async function applies(sql: string, runner: QueryRunner): Promise<boolean> {
  return (await answer(sql, runner)).rows.length > 0;
}

async function answer(
  sql: string,
  runner: QueryRunner,
): Promise<{ readonly rows: readonly AnswerRow[]; readonly status: 0 | 1; readonly message?: string }> {
  try {
    return { rows: await runner.query(sql), status: 0 };
  } catch (error) {
    return { rows: [], status: 1, message: (error as Error).message };
  }
}
