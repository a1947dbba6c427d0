import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkQuestion } from "./question.ts";

const isRefused = (query: string, message: RegExp) => assert.throws(() => checkQuestion(query), message);

describe("a policy's question", () => {
  it("is one statement that begins with SELECT or WITH", () => {
    assert.equal(checkQuestion(" select 1; \n"), "select 1");
    assert.equal(checkQuestion("WITH t AS (SELECT 1) SELECT * FROM t"), "WITH t AS (SELECT 1) SELECT * FROM t");
  });

  it("may begin with a comment, which is kept", () => {
    assert.equal(checkQuestion("-- the disk is sealed; really\nselect 1"), "-- the disk is sealed; really\nselect 1");
    assert.equal(checkQuestion("/* why; */ select 1"), "/* why; */ select 1");
  });

  it("may carry a semicolon in text and in quoted names", () => {
    const question = `select ';' as "a;b" from [c;d] where x = 'it''s; fine'`;
    assert.equal(checkQuestion(question), question);
  });

  it("is refused when it is more than one statement", () => {
    isRefused("select 1; select 2", /more than one statement/);
    isRefused("select 1; -- and\ndrop table x", /more than one statement/);
  });

  it("is refused when it would change something", () => {
    isRefused("delete from users", /SELECT or WITH/);
    isRefused("selection", /SELECT or WITH/);
    isRefused("-- select 1", /SELECT or WITH/);
  });

  it("is refused when it is empty or longer than 64 KiB", () => {
    isRefused(" ; ", /empty/);
    isRefused(`select '${"é".repeat(40_000)}'`, /64 KiB/);
  });
});
