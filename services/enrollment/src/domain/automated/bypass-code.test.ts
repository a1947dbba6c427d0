import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bypassCode } from "./bypass-code.ts";

describe("a code that opens an activation lock", () => {
  it("is spelled, and known to Apple, as Apple's example says", () => {
    assert.deepEqual(bypassCode(Buffer.from("1ea841db5edfafe6075b5ae0d845d254", "hex")), {
      code: "3UM43-PUYVY-QYD1-UVCC-HEHJ-FKA4",
      escrowKey: "6ab40d5eabe7218ec04182f461005600c7e3426bddd82cdb405bde9a1e0014b5",
    });
  });
});
