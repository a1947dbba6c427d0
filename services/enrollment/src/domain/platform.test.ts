import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { platformOf } from "./platform.ts";

describe("the platform", () => {
  it("is read from osquery's bit mask", () => {
    assert.equal(platformOf("9"), "linux");
    assert.equal(platformOf("21"), "macos");
    assert.equal(platformOf("2"), "windows");
    for (const nothing of ["", "0", "1", "4", "x", "1e99"]) assert.equal(platformOf(nothing), "unknown", nothing);
  });

  it("is read from the name first, because a Chromebook calls itself chrome", () => {
    assert.equal(platformOf("9", "chrome"), "chromeos");
    assert.equal(platformOf("", "darwin"), "macos");
    assert.equal(platformOf("", "rhel", "fedora"), "linux");
    assert.equal(platformOf("", "homebrewed", "debian ubuntu"), "linux");
    assert.equal(platformOf("2", "homebrewed"), "windows");
  });
});
