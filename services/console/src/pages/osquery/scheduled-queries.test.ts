import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scheduledQueries } from "./scheduled-queries.ts";

describe("the queries that hosts ask themselves", () => {
  it("are those of the schedule and of each pack", () => {
    const users = { query: "SELECT * FROM users", interval: 60 };
    assert.deepEqual(
      scheduledQueries(
        { users },
        { hardening: { queries: { sip: { ...users, interval: "3600", platform: "darwin" } } } },
      ),
      [
        { name: "users", pack: "", sql: users.query, seconds: 60, platform: "" },
        { name: "sip", pack: "hardening", sql: users.query, seconds: 3600, platform: "darwin" },
      ],
    );
    assert.deepEqual(scheduledQueries(), []);
  });
});
