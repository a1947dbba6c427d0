import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { jsonLog } from "../log.ts";
import type { AnswerRow } from "../sql/engine.ts";
import { SqlError } from "../sql/sql-error.ts";
import { temporaryFolder } from "../testing/agent-process.ts";
import { openBaselines } from "./baselines.ts";
import { readOsqueryConfig } from "./osquery-config.ts";
import { Schedule } from "./schedule.ts";

type Line = {
  readonly name: string;
  readonly action?: string;
  readonly columns?: AnswerRow;
  readonly counter: number;
  readonly decorations?: AnswerRow;
};

describe("the schedule", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let runs = 0;
  let clock = new Date("2026-06-01T00:00:00Z");
  let answers: Record<string, readonly AnswerRow[] | Error>;
  let lines: Line[];
  let asked: string[];

  before(async () => {
    folder = await temporaryFolder();
  });
  after(() => folder.remove());
  beforeEach(() => {
    runs++;
    answers = {};
    lines = [];
    asked = [];
  });

  const start = async (config: object): Promise<Schedule> => {
    const schedule = new Schedule({
      runner: {
        query: async (sql) => {
          asked.push(sql);
          const answer = answers[sql] ?? [];
          if (answer instanceof Error) throw answer;
          return answer;
        },
        stop: async () => undefined,
      },
      baselines: await openBaselines(join(folder.path, String(runs))),
      buffer: {
        add: async (kind, added) => void (kind === "result" && lines.push(...(added as Line[]))),
        oldest: async () => undefined,
      },
      host: "host",
      log: jsonLog(
        () => undefined,
        () => clock,
      ),
      now: () => clock,
    });
    await schedule.configure(readOsqueryConfig({ options: { schedule_splay_percent: 0 }, ...config }, "host"));
    return schedule;
  };
  const pass = async (schedule: Schedule, seconds: number): Promise<Line[]> => {
    clock = new Date(clock.getTime() + seconds * 1_000);
    lines.splice(0);
    await schedule.runDue(new AbortController().signal);
    return lines.splice(0);
  };
  const told = (logged: readonly Line[]) => logged.map(({ action, columns }) => `${action} ${columns?.["a"]}`);

  it("logs all rows first, then what came and went, also after a restart, and anew when the query is another", async () => {
    const config = { schedule: { q: { query: "sql", interval: 10 } } };
    answers["sql"] = [{ a: "1" }, { a: "2" }];
    const schedule = await start(config);
    assert.deepEqual(told(await pass(schedule, 10)), ["added 1", "added 2"]);
    assert.deepEqual(await pass(schedule, 10), []);
    answers["sql"] = [{ a: "2" }, { a: "3" }];
    const changed = await pass(schedule, 10);
    assert.deepEqual(told(changed), ["removed 1", "added 3"]);
    assert.equal(changed[0]?.counter, 1);
    const restarted = await start(config);
    answers["sql"] = [{ a: "3" }];
    assert.deepEqual(told(await pass(restarted, 10)), ["removed 2"]);
    answers["other sql"] = [{ a: "3" }];
    const other = await start({ schedule: { q: { query: "other sql", interval: 10 } } });
    assert.deepEqual(told(await pass(other, 10)), ["added 3"]);
  });

  it("says nothing of rows that went when it is told so, and everything each time of a snapshot", async () => {
    const schedule = await start({
      schedule: {
        additions: { query: "sql", interval: 10, removed: false },
        whole: { query: "sql", interval: 10, snapshot: true },
      },
    });
    answers["sql"] = [{ a: "1" }];
    await pass(schedule, 10);
    answers["sql"] = [];
    const logged = await pass(schedule, 10);
    assert.deepEqual(
      logged.map(({ name, action }) => [name, action]),
      [["whole", "snapshot"]],
    );
  });

  it("asks a pack only where its discovery gives a row, and decorates each line", async () => {
    const schedule = await start({
      packs: {
        here: { discovery: ["yes"], queries: { q: { query: "sql", interval: 10 } } },
        elsewhere: { discovery: ["yes", "no"], queries: { q: { query: "sql", interval: 10 } } },
      },
      decorators: { load: ["loaded", "broken"], always: ["fresh"] },
    });
    Object.assign(answers, { yes: [{ a: "1" }], sql: [{ a: "1" }], loaded: [{ host: "h" }], broken: new Error("no") });
    answers["fresh"] = [{ user: "ada" }];
    const [line, ...others] = await pass(schedule, 10);
    assert.equal(others.length, 0);
    assert.equal(line?.name, "pack_here_q");
    assert.deepEqual(line.decorations, { host: "h", user: "ada" });
    answers["fresh"] = [{ user: "bob" }];
    answers["sql"] = [];
    assert.deepEqual((await pass(schedule, 10))[0]?.decorations, { host: "h", user: "bob" });
    assert.equal(asked.filter((sql) => sql === "loaded").length, 1);
  });

  it("leaves a query out for a day that took too long, and goes on with the others", async () => {
    const schedule = await start({
      schedule: { slow: { query: "slow", interval: 10 }, quick: { query: "quick", interval: 10 } },
    });
    answers["slow"] = new SqlError("sql.time_limit", "too long");
    answers["quick"] = [{ a: "1" }];
    assert.deepEqual(told(await pass(schedule, 10)), ["added 1"]);
    await pass(schedule, 10);
    assert.equal(asked.filter((sql) => sql === "slow").length, 1);
    await pass(schedule, 24 * 3_600);
    assert.equal(asked.filter((sql) => sql === "slow").length, 2);
  });

  it("runs a query once for all the turns that a machine slept through", async () => {
    const schedule = await start({ schedule: { q: { query: "sql", interval: 10, snapshot: true } } });
    assert.equal((await pass(schedule, 86_405)).length, 1);
    assert.equal((await pass(schedule, 1)).length, 0);
  });
});
