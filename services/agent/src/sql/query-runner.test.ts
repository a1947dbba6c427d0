import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { startQueryRunner } from "./query-runner.ts";
import { SqlError, type SqlErrorCode } from "./sql-error.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
const withCode = (code: SqlErrorCode) => (error: unknown) => error instanceof SqlError && error.code === code;

describe("the query process", { timeout: 20_000 }, () => {
  const runner = startQueryRunner({ command: [process.execPath, MAIN, "query-process"], timeLimitMs: 1500 });
  after(() => runner.stop());

  it("answers in the order of asking", async () => {
    const answers = await Promise.all([1, 2, 3].map((number) => runner.query(`SELECT ${number} AS n`)));
    assert.deepEqual(answers.flat(), [{ n: "1" }, { n: "2" }, { n: "3" }]);
  });

  it("hands on why a query was refused", async () => {
    await assert.rejects(runner.query("DROP TABLE users"), withCode("sql.refused"));
  });

  it("is killed with a query that never ends, without holding up its parent, and the next one is answered", async () => {
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 20);
    await assert.rejects(runner.query(ENDLESS), withCode("sql.time_limit"));
    clearInterval(ticking);
    assert.ok(ticks > 20, `the parent only got ${ticks} turns`);
    assert.deepEqual(await runner.query("SELECT 1 AS n"), [{ n: "1" }]);
  });

  it("answers nothing once it is stopped", async () => {
    const other = startQueryRunner({ command: [process.execPath, MAIN, "query-process"], timeLimitMs: 1500 });
    await other.stop();
    await assert.rejects(other.query("SELECT 1"), withCode("sql.stopped"));
  });
});
