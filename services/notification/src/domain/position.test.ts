import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parsePosition, positionText, START } from "./position.ts";

describe("a position in the stream", () => {
  it("is read back as it was written, beyond what a number holds", () => {
    const text = "9007199254740993.9007199254740995";
    assert.equal(positionText(parsePosition(text) ?? START), text);
  });

  it("is the first event kept when it is 0, and now when it is empty", () => {
    assert.equal(parsePosition("0"), START);
    assert.equal(parsePosition(""), undefined);
  });

  it("is refused when it is something else", () => {
    for (const text of ["7", "a.b", "1.2.3", "-1.0", "1.", "99999999999999999999.1"]) {
      assert.throws(() => parsePosition(text), { code: "activity.bad_position" }, text);
    }
  });
});
