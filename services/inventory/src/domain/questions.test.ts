import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { admits } from "./admission.ts";
import { carveSql } from "./carve-sql.ts";
import { meets, type Operator } from "./label-condition.ts";
import { CONFIRM_AFTER_MS, isNews, policyAnswer } from "./policy-answer.ts";
import { capRows } from "./rows.ts";
import { undoChanges } from "./software.ts";
import { checkedSql } from "./sql-check.ts";
import { compareVersions } from "./version-order.ts";

describe("a label's condition", () => {
  const holds = (operator: Operator, value: string, fact: unknown = { version: "10.4" }) =>
    meets({ fact: "os_version", field: "version", operator, value }, fact);

  it("compares versions as versions", () => {
    assert.ok(holds("greater_than", "9.13"));
    assert.ok(holds("less_than", "10.10"));
    assert.ok(!holds("less_than", "10.4.0"));
    assert.ok(compareVersions("1.0", "1.0-beta") > 0);
  });

  it("is met by one row of many, and never by a field that is not there", () => {
    assert.ok(holds("equals", "2", [{ version: 1 }, { version: 2 }]));
    assert.ok(!holds("not_equals", "x", {}));
  });
});

describe("an answer to a policy's question", () => {
  const now = new Date();
  const { outcome } = policyAnswer([{ a: "1" }], "", false);
  const last = { revision: 2, outcome, publishedAt: now };

  it("is news when its revision or outcome is another, or when it was told long ago", () => {
    assert.ok(isNews(undefined, 1, outcome, now));
    assert.ok(isNews(last, 3, outcome, now));
    assert.ok(isNews(last, 2, policyAnswer([], "", false).outcome, now));
    assert.ok(isNews(last, 2, outcome, new Date(now.getTime() + CONFIRM_AFTER_MS)));
    assert.ok(!isNews(last, 2, outcome, now));
    assert.ok(!isNews(last, 1, "other", now));
  });

  it("of a personal device says only whether there were rows", () => {
    const { rowCount, evidence } = policyAnswer([{ user: "anna" }, { user: "ben" }], "", true);
    assert.deepEqual([rowCount, evidence], [1, []]);
  });
});

describe("SQL that people write", () => {
  it("is one statement that reads", () => {
    assert.equal(checkedSql(" select ';' as a -- ; \n ; "), "select ';' as a -- ;");
    for (const bad of ["", "drop table x", "select 1; select 2", "with a as (select 1) delete from b"]) {
      assert.throws(() => checkedSql(bad), { code: "query.bad_sql" }, bad);
    }
  });

  it("cannot be broken out of by a carve's path", () => {
    assert.equal(carveSql("/a' or 1='1"), "select carve_guid from carves where carve = 1 and path = '/a'' or 1=''1'");
  });
});

describe("a node key", () => {
  it("is accepted when it is the present one or one that is not known yet, and refused when it is older", () => {
    const identity = (generation: number) => ({ tenant: "t", deviceId: "d", method: "osquery" as const, generation });
    const host = { unenrolled: false, generations: { osquery: 2 } };
    assert.deepEqual(
      [1, 2, 3].map((each) => admits(host, identity(each))),
      [false, true, true],
    );
    assert.ok(!admits({ ...host, unenrolled: true }, identity(2)));
  });
});

describe("rows that are too many", () => {
  it("are cut by number and by size", () => {
    const rows = Array.from({ length: 5 }, () => ({ a: "x".repeat(10) }));
    assert.deepEqual([capRows(rows, 3, 1_000).rows.length, capRows(rows, 9, 45).rows.length], [3, 2]);
    assert.equal(capRows(rows, 5, 1_000).truncated, false);
  });
});

describe("software as it was", () => {
  it("is what it is now with the changes since undone, newest first", () => {
    const changes = [
      { softwareId: 2, installed: true },
      { softwareId: 1, installed: false },
      { softwareId: 2, installed: false },
    ];
    assert.deepEqual(
      [...undoChanges([2, 3], changes)].sort((a, b) => a - b),
      [1, 2, 3],
    );
  });
});
