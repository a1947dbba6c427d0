import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { claimed } from "../domain/principal.ts";
import { callerOf } from "./caller-of.ts";

describe("the caller that other services hear of", () => {
  const ada = claimed("acme", { email: "ada@example.com", id: "u1" });

  it("is one person, whether they or a token of theirs asks", () => {
    assert.deepEqual(callerOf(ada), { tenant: "acme", actor: "ada@example.com", person: "u1" });
    const token = { ...ada, actor: "token:ci", id: "t1" };
    assert.deepEqual(callerOf(token), { tenant: "acme", actor: "token:ci", person: "u1" });
  });

  it("is a token itself where no user is behind it: names are given twice", () => {
    const token = { ...ada, actor: "token:ci", id: "t1", ownerId: "" };
    assert.deepEqual(callerOf(token), { tenant: "acme", actor: "token:ci", person: "t1" });
  });
});
