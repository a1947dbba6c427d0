import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readJson, writeJson } from "./json-text.ts";

describe("settings written in JSON", () => {
  it("are read as they were written", () => {
    const schedule = { users: { query: "SELECT * FROM users", interval: 60 } };
    assert.deepEqual(readJson("Schedule", writeJson(schedule)), schedule);
  });

  it("are refused by the name of their field, where they are no JSON or no object", () => {
    assert.throws(() => readJson("Schedule", "{ users: 1"), /^Error: Schedule is not JSON/);
    for (const text of ["[]", "null", "1"])
      assert.throws(() => readJson("Packs", text), /^Error: Packs has to be an object/);
  });
});
