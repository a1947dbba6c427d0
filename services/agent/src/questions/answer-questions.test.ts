import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createEngine } from "../sql/engine.ts";
import { type Answers, answerQuestions, type Questions } from "./answer-questions.ts";

const engine = createEngine({ tables: [], maxRows: 10 });
const runner = { query: async (sql: string) => engine.answer(sql), stop: async () => undefined };

async function answersTo(questions: Questions): Promise<Answers[]> {
  const portions: Answers[] = [];
  for await (const portion of answerQuestions(questions, runner, () => 5)) portions.push(portion);
  return portions;
}

describe("answers to questions", () => {
  it("hold rows and a status for each, and a message for what went wrong", async () => {
    const [answers] = await answersTo({ queries: { good: "SELECT 1 AS n", bad: "SELECT n" } });
    assert.deepEqual(answers?.queries, { good: [{ n: "1" }], bad: [] });
    assert.deepEqual(answers?.statuses, { good: 0, bad: 1 });
    assert.deepEqual(answers?.messages, { bad: "no such column: n" });
    assert.equal(answers?.stats["good"]?.wall_time_ms, 0);
  });

  it("leave out a question whose discovery query gives no row or is wrong", async () => {
    const queries = { yes: "SELECT 1", no: "SELECT 1", wrong: "SELECT 1" };
    const discovery = { yes: "SELECT 1", no: "SELECT 1 WHERE 0", wrong: "SELECT nonsense" };
    const [answers] = await answersTo({ queries, discovery });
    assert.deepEqual(Object.keys(answers?.statuses ?? {}), ["yes"]);
  });

  it("are sent in portions when they are large, and not at all when there are none", async () => {
    const large = "SELECT hex(zeroblob(600000)) AS h";
    const portions = await answersTo({ queries: { a: large, b: "SELECT 1", c: large } });
    assert.deepEqual(
      portions.map(({ statuses }) => Object.keys(statuses)),
      [["a"], ["b", "c"]],
    );
    assert.deepEqual(await answersTo({}), []);
  });
});
