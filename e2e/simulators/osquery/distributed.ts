import type { HostFacts } from "./host-facts.ts";
import type { AnswerRow, HostSql } from "./host-sql.ts";
import type { Ledger } from "./ledger.ts";

/** What distributed/read brought. */
export interface Questions {
  readonly queries: Readonly<Record<string, string>>;
  readonly discovery: Readonly<Record<string, string>>;
  /** Seconds for which to poll fast; 0 when the server did not ask for it. */
  readonly accelerateSec: number;
}

/** The body of distributed/write, without the node key. */
export interface Answers {
  readonly queries: Record<string, AnswerRow[]>;
  readonly statuses: Record<string, number>;
  readonly messages: Record<string, string>;
  readonly stats: Record<string, { wall_time_ms: number; user_time: number; system_time: number; memory: number }>;
}

const texts = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(typeof value === "object" && value !== null ? value : {}).filter(
      ([, text]) => typeof text === "string",
    ),
  );

export const readQuestions = (body: Readonly<Record<string, unknown>>): Questions => ({
  queries: texts(body["queries"]),
  discovery: texts(body["discovery"]),
  accelerateSec: Number(body["accelerate"] ?? 0) || 0,
});

export interface AnswerDeps {
  readonly sql: Pick<HostSql, "run">;
  readonly facts: HostFacts;
  readonly now: () => Date;
}

/**
 * Whether every discovery query runs. osqueryd drops all questions of a read when one does not, and says nothing of it to
 * the server.
 */
export const discoveryRuns = (questions: Questions, { sql: engine, facts, now }: AnswerDeps): boolean => {
  try {
    for (const sql of Object.values(questions.discovery)) engine.run(sql, facts, now());
    return true;
  } catch {
    return false;
  }
};

/** Whether a discovery query lets its question run: it must succeed and give at least one row. */
export const isDiscovered = (sql: string | undefined, { sql: engine, facts, now }: AnswerDeps): boolean => {
  if (sql === undefined || sql === "") return true;
  try {
    return engine.run(sql, facts, now()).length > 0;
  } catch {
    return false;
  }
};

/** Runs every question whose discovery passes. A failing query is answered with no rows, status 1 and the reason. */
export const answerQuestions = (questions: Questions, deps: AnswerDeps): Answers => {
  const answers: Answers = { queries: {}, statuses: {}, messages: {}, stats: {} };
  if (!discoveryRuns(questions, deps)) return answers;
  for (const [name, sql] of Object.entries(questions.queries)) {
    if (!isDiscovered(questions.discovery[name], deps)) continue;
    const before = process.hrtime.bigint();
    try {
      answers.queries[name] = deps.sql.run(sql, deps.facts, deps.now());
      answers.statuses[name] = 0;
      answers.messages[name] = "";
    } catch (error) {
      answers.queries[name] = [];
      answers.statuses[name] = 1;
      answers.messages[name] = error instanceof Error ? error.message : String(error);
    }
    const wall = Math.ceil(Number(process.hrtime.bigint() - before) / 1e6);
    answers.stats[name] = { wall_time_ms: wall, user_time: wall, system_time: 0, memory: 0 };
  }
  return answers;
};

const MOST_ROWS_KEPT = 20;

/** Writes down what was answered, and whether the server took it. */
export const recordAnswers = (answers: Answers, accepted: boolean, ledger: Ledger): void => {
  for (const [name, rows] of Object.entries(answers.queries)) {
    ledger.add({
      kind: "answered",
      name,
      status: answers.statuses[name] ?? 1,
      message: answers.messages[name] ?? "",
      rowCount: rows.length,
      rows: rows.length <= MOST_ROWS_KEPT ? rows : undefined,
      accepted,
    });
  }
};
