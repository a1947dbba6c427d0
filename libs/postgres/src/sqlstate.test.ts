import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isTransient } from "./sqlstate.ts";

const withCode = (code: string): Error => Object.assign(new Error("from the server"), { code });

describe("an error of the database", () => {
  it("is transient when the server says that the same may succeed later", () => {
    for (const code of ["40001", "40P01", "57P01", "08006"]) assert.equal(isTransient(withCode(code)), true, code);
  });

  it("is transient when the connection broke, whatever the driver calls it", () => {
    for (const message of [
      "Connection terminated unexpectedly",
      "Client has encountered a connection error and is not queryable",
      "Client was closed and is not queryable",
      "connect ECONNREFUSED 127.0.0.1:5432",
    ]) {
      assert.equal(isTransient(new Error(message)), true, message);
    }
  });

  it("is not transient when the statement or its data is wrong", () => {
    for (const code of ["22P02", "23505", "42601"]) assert.equal(isTransient(withCode(code)), false, code);
    assert.equal(isTransient(new Error("the answer cannot be read")), false);
  });
});
