import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pauseAfterFailure } from "./push-schedule.ts";

describe("the pause after a push that failed", () => {
  it("doubles from a second up to a quarter of an hour", () => {
    assert.deepEqual(
      [1, 2, 3, 40].map((failures) => pauseAfterFailure(failures, 0, 0)),
      [1_000, 2_000, 4_000, 900_000],
    );
  });

  it("is longer by chance, by a fifth at most", () => {
    assert.equal(pauseAfterFailure(1, 0, 1), 1_200);
  });

  it("is what the receiver asks for, up to an hour", () => {
    assert.equal(pauseAfterFailure(1, 60_000, 0), 60_000);
    assert.equal(pauseAfterFailure(1, 86_400_000, 0), 3_600_000);
  });
});
