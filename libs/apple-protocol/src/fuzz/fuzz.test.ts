import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fuzz } from "./fuzz.ts";
import { targets } from "./targets.ts";

describe("what hostile bytes reach", () => {
  for (const [name, target] of Object.entries(targets(new Date())))
    it(`answers ${name} with its own refusal, whatever is changed about it`, () => {
      const { accepted, refused } = fuzz(target, 1000, 1);
      assert.equal(accepted + refused, 1000);
      assert.ok(refused > 0);
    });

  it("would be found out by an error of another kind", () => {
    const read = () => {
      throw new TypeError("of another kind");
    };
    assert.throws(() => fuzz({ seeds: [Buffer.of(1)], read, refusal: RangeError }, 1, 1), /of another kind for /);
  });
});
