import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startQueryRunner } from "./query-runner.ts";
import { SqlError, type SqlErrorCode } from "./sql-error.ts";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));
const ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
const withCode = (code: SqlErrorCode) => (error: unknown) => error instanceof SqlError && error.code === code;

describe("the query process", { timeout: 120_000 }, () => {
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

  it("ends with the agent, even when that is killed in the middle of an endless query", async () => {
    const program = `
      import { startQueryRunner } from ${JSON.stringify(new URL("./query-runner.ts", import.meta.url).href)};
      const command = [process.execPath, ${JSON.stringify(MAIN)}, "query-process"];
      const runner = startQueryRunner({ command, timeLimitMs: 60_000 });
      const [row] = await runner.query("SELECT watcher AS pid FROM osquery_info");
      void runner.query(${JSON.stringify(ENDLESS)});
      process.stdout.write(row.pid);`;
    const agent = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [pid] = (await once(agent.stdout, "data")) as [Buffer];
    const stat = `/proc/${Number(pid)}/stat`;
    assert.ok(existsSync(stat));
    agent.kill("SIGKILL");
    while (existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, "utf8"))) await setTimeout(10);
  });

  it("answers nothing once it is stopped", async () => {
    const other = startQueryRunner({ command: [process.execPath, MAIN, "query-process"], timeLimitMs: 1500 });
    await other.stop();
    await assert.rejects(other.query("SELECT 1"), withCode("sql.stopped"));
  });
});
