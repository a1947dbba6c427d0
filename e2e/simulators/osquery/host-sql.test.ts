import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SeededRandom } from "../seeded-random.ts";
import { HostFacts } from "./host-facts.ts";
import { drawIdentity } from "./host-identity.ts";
import { HostSql } from "./host-sql.ts";
import type { Platform } from "./platform.ts";
import { tablesOf } from "./schema/all-tables.ts";

const now = new Date("2026-11-23T12:00:00Z");
const sql = new HostSql();

const host = (platform: Platform, seed = "s"): HostFacts => {
  const random = new SeededRandom(seed);
  const identity = drawIdentity({ name: `${platform}-${seed}`, platform, epoch: now }, random.fork("identity"));
  return new HostFacts(identity, random.fork("facts"), { startedAt: 0, configHash: "" });
};

describe("a simulated host's SQL", () => {
  it("answers every value as text, and what is missing as an empty text", () => {
    const [row] = sql.run("select hostname, cpu_logical_cores, board_model from system_info", host("windows"), now);
    assert.equal(row?.["hostname"], "windows-s");
    assert.match(row?.["cpu_logical_cores"] ?? "", /^\d+$/);
    assert.equal(row?.["board_model"], "");
  });

  it("compares numbers as numbers, joins and counts", () => {
    const facts = host("linux");
    const [row] = sql.run(
      "select count(*) as n from users u join groups g using (gid) where u.uid >= 1000",
      facts,
      now,
    );
    assert.equal(row?.["n"], "1");
    const [uptime] = sql.run("select 1 as long from uptime where total_seconds > 100", facts, now);
    assert.deepEqual({ ...uptime }, { long: "1" });
  });

  it("refuses a table of another platform in osquery's words", () => {
    assert.throws(
      () => sql.run("select * from deb_packages", host("darwin"), now),
      /^Error: no such table: deb_packages$/,
    );
    assert.throws(() => sql.run("select * from nonsense", host("linux"), now), /no such table: nonsense/);
  });

  it("knows hidden columns and those of other platforms without showing them", () => {
    const facts = host("linux");
    const [named] = sql.run("select username, type, include_remote from users where uid = 0", facts, now);
    assert.deepEqual({ ...named }, { username: "root", type: "", include_remote: "" });
    const [starred] = sql.run("select * from users where uid = 0", facts, now);
    assert.equal("type" in (starred ?? {}), false);
    assert.throws(() => sql.run("select wings from users", facts, now), /no such column: wings/);
  });

  it("never mixes two hosts, whatever was asked before", () => {
    const [one, two] = [host("linux", "a"), host("linux", "b")];
    for (const facts of [one, two, one]) {
      const [row] = sql.run("select uuid from system_info", facts, now);
      assert.equal(row?.["uuid"], facts.identity.uuid);
    }
  });

  it("sees a change of a fact at once", () => {
    const facts = host("darwin");
    const question = "select 1 from disk_encryption where encrypted = 1";
    facts.apply({ table: "disk_encryption", patch: { encrypted: 1 } }, now);
    assert.equal(sql.run(question, facts, now).length, 2);
    facts.apply({ table: "disk_encryption", patch: { encrypted: 0 }, where: { name: "/dev/disk3s1" } }, now);
    assert.equal(sql.run(question, facts, now).length, 1);
    assert.throws(() => facts.apply({ table: "disk_encryption", patch: { encripted: 0 } }, now), /no such column/);
  });

  it("does not write, attach or change settings for a question", () => {
    for (const statement of ["delete from users", "attach 'x' as y", "pragma user_version = 3", "create table x (y)"]) {
      assert.throws(() => sql.run(statement, host("linux"), now), /not authorized/, statement);
    }
  });

  it("fills every table with columns its specification names", () => {
    for (const platform of ["darwin", "windows", "linux"] as const) {
      const facts = host(platform);
      for (const [table, columns] of tablesOf(platform, true)) {
        const names = new Set(columns.map(({ name }) => name));
        for (const row of facts.rows(table, now)) {
          const strange = Object.entries(row).filter(([name, value]) => !names.has(name) && value !== "");
          assert.deepEqual(strange, [], `${platform} ${table}`);
        }
      }
    }
  });

  it("has between 80 and 400 different packages on every machine", () => {
    for (const seed of ["a", "b", "c", "d", "e", "f", "g", "h"]) {
      for (const platform of ["darwin", "windows", "linux"] as const) {
        const facts = host(platform, seed);
        const table = { deb: "deb_packages", rpm: "rpm_packages", apps: "apps", programs: "programs" } as const;
        const rows = facts.rows(table[facts.identity.os.packages], now);
        assert.equal(rows.length, facts.identity.softwareCount);
        assert.equal(new Set(rows.map((row) => row["name"])).size, rows.length);
      }
    }
  });

  it("offers osquery's own functions", () => {
    const [row] = sql.run(
      "select split('10.0.26100', '.', 2) as build, regex_match('abc-12', '([a-z]+)-(\\d+)', 2) as n, sha256('x') as h",
      host("windows"),
      now,
    );
    assert.equal(row?.["build"], "26100");
    assert.equal(row?.["n"], "12");
    assert.equal(row?.["h"]?.length, 64);
  });
});
