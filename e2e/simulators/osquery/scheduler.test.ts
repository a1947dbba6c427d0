import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SeededRandom } from "../seeded-random.ts";
import { HostFacts } from "./host-facts.ts";
import { drawIdentity } from "./host-identity.ts";
import { HostSql } from "./host-sql.ts";
import { readConfig } from "./osquery-config.ts";
import { Scheduler } from "./scheduler.ts";

const world = (config: Record<string, unknown>) => {
  let time = Date.parse("2026-11-23T12:00:00Z");
  const now = (): Date => new Date(time);
  const random = new SeededRandom("s");
  const identity = drawIdentity({ name: "h", platform: "linux", epoch: now() }, random.fork("identity"));
  const facts = new HostFacts(identity, random.fork("facts"), { startedAt: 0, configHash: "" });
  const scheduler = new Scheduler({ facts, sql: new HostSql(), now });
  scheduler.configure(readConfig(config, { platform: "linux", shard: 50, isDiscovered: (sql) => sql !== "no" }));
  const pass = (seconds: number): void => void (time += seconds * 1000);
  return { facts, scheduler, now, pass };
};

const users = { query: "select username from users where uid >= 1000", interval: 60 };

describe("a scheduled query", () => {
  it("logs all rows as added at first, then only what came and went", () => {
    const { facts, scheduler, now, pass } = world({ schedule: { users } });
    assert.ok(scheduler.run().result.every((line) => line["action"] === "added" && line["counter"] === 0));
    pass(59);
    assert.deepEqual(scheduler.run().result, []);
    pass(1);
    facts.apply({ table: "users", rows: [{ uid: 1000, username: "new" }] }, now());
    const lines = scheduler.run().result;
    assert.deepEqual(lines.at(-1)?.["columns"], { username: "new" });
    assert.deepEqual([...new Set(lines.map((line) => line["action"]))], ["removed", "added"]);
  });

  it("does not report what went when told not to", () => {
    const { facts, scheduler, now, pass } = world({ schedule: { users: { ...users, removed: false } } });
    scheduler.run();
    facts.apply({ table: "users", rows: [] }, now());
    pass(60);
    assert.deepEqual(scheduler.run().result, []);
  });

  it("logs everything each time as a snapshot, decorated", () => {
    const { scheduler, pass } = world({
      schedule: { users: { ...users, snapshot: true } },
      decorators: { load: ["select hostname from system_info", "select x from nowhere"] },
    });
    const [first] = scheduler.run().result;
    pass(60);
    const [second] = scheduler.run().result;
    assert.deepEqual(first?.["snapshot"], second?.["snapshot"]);
    assert.equal(second?.["action"], "snapshot");
    assert.deepEqual(second?.["decorations"], { hostname: "h" });
  });

  it("runs by platform, shard and the discovery of its pack", () => {
    const { scheduler } = world({
      options: { pack_delimiter: "/" },
      schedule: {
        mac: { ...users, platform: "darwin" },
        few: { ...users, shard: 10 },
        each: { ...users, shard: 0 },
        all: { ...users, platform: "posix" },
      },
      packs: {
        found: { discovery: ["yes"], queries: { users } },
        hidden: { discovery: ["no"], queries: { users } },
      },
    });
    const names = new Set(scheduler.run().result.map((line) => line["name"]));
    assert.deepEqual([...names], ["each", "all", "pack/found/users"]);
  });

  it("that fails is a status line of severity 2 and no result", () => {
    const { scheduler } = world({ schedule: { broken: { query: "select * from nowhere", interval: 60 } } });
    const { result, status } = scheduler.run();
    assert.deepEqual(result, []);
    assert.match(String(status[0]?.["message"]), /broken: no such table: nowhere/);
    assert.equal(status[0]?.["severity"], "2");
  });
});
