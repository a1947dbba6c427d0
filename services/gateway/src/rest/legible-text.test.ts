import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { refuseIllegible } from "./legible-text.ts";

describe("text that cannot be written down", () => {
  it("is refused wherever it stands, with the name of the field", () => {
    for (const illegible of ["a\0b", "a\ud800", "\udc00a"]) {
      for (const json of [
        { name: illegible },
        { name: ["right", illegible] },
        { name: { inner: [{ deeper: illegible }] } },
        { name: { [illegible]: 1 } },
      ]) {
        assert.throws(() => refuseIllegible(json), { code: "api.bad_request", message: /^"name" holds a NUL/ });
      }
    }
  });

  it("is nothing that people write", () => {
    refuseIllegible({ name: "Ada’s 💻", content: "#!/bin/sh\n\techo \u0007", count: 3, on: true, none: null });
  });

  it("is looked for in values nested deeper than calls can be", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50_000)}"\\u0000"${"}".repeat(50_000)}`) as object;
    assert.throws(() => refuseIllegible(deep as never), { code: "api.bad_request" });
  });
});
