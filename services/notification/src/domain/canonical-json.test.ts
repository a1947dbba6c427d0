import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canonicalJson } from "./canonical-json.ts";

describe("canonical JSON", () => {
  it("is RFC 8785's own example", () => {
    const value = {
      numbers: [333_333_333.333_333_3, 1e30, 4.5, 2e-3, 0.000_000_000_000_000_000_000_000_001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    assert.equal(
      canonicalJson(value),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("sorts by UTF-16 code units at every depth", () => {
    assert.equal(
      canonicalJson({ "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": { b: 1, a: [{ d: 1, c: 2 }] }, "\u{1f600}": 4 }),
      '{"\\r":2,"1":{"a":[{"c":2,"d":1}],"b":1},"\u20ac":1,"\u{1f600}":4,"\ufb33":3}',
    );
  });

  it("escapes in texts and names what JSON.stringify does, and nothing else", () => {
    for (let unit = 0; unit <= 0xffff; unit++) {
      const text = `a${String.fromCharCode(unit)}`;
      assert.equal(canonicalJson({ [text]: text }), JSON.stringify({ [text]: text }));
    }
  });
});
