import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { tablesAt } from "./sql-tables.ts";

describe("tables to complete a query with", () => {
  it("are those that begin with what stands after FROM or JOIN", () => {
    assert.deepEqual(tablesAt("SELECT * FROM os", 16).tables.slice(0, 2), ["os_version", "osquery_events"]);
    const sql = "SELECT * FROM users JOIN user_g";
    assert.deepEqual(tablesAt(sql, sql.length), { word: "user_g", tables: ["user_groups"] });
  });

  it("are none elsewhere, nor once one is written out", () => {
    assert.deepEqual(tablesAt("SELECT na", 9).tables, []);
    assert.deepEqual(tablesAt("SELECT 1 FROM uptime", 20).tables, []);
    assert.deepEqual(tablesAt("SELECT 1 FROM launchd", 21).tables, []);
  });
});
