import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { asKey } from "./known-keys.ts";

describe("a key", () => {
  it("is the same text, however many others there were and however long it is", () => {
    for (let round = 0; round < 2; round++) {
      for (let each = 0; each < 5_000; each++) assert.equal(asKey(`key ${each}`), `key ${each}`);
      for (const odd of ["__proto__", "1", "", "é", "k".repeat(1_000)]) assert.equal(asKey(odd), odd);
    }
  });
});
