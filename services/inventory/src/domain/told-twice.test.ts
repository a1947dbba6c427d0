import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { onceEach } from "./told-twice.ts";

const item = (name: string, version: string, source: string, vendor: string) => ({ name, version, source, vendor });

describe("a Mac's software that osquery and Apple's protocol both name", () => {
  it("is one program, with both sources, when bundle and version are the same", () => {
    const told = onceEach([
      item("Notes", "4.11", "apple_app", "com.apple.Notes"),
      item("Notes.app", "4.11", "app", "com.apple.Notes"),
    ]);
    assert.deepEqual(told, [{ ...item("Notes.app", "4.11", "app", "com.apple.Notes"), sources: ["app", "apple_app"] }]);
  });

  it("is two when the versions differ or no bundle is named", () => {
    const told = onceEach([
      item("Notes", "4.12", "apple_app", "com.apple.Notes"),
      item("Notes.app", "4.11", "app", "com.apple.Notes"),
      item("tool", "1", "apple_app", ""),
      item("tool", "1", "app", ""),
      item("tool", "1", "homebrew", ""),
    ]);
    assert.deepEqual(
      told.map(({ sources }) => sources),
      [["apple_app"], ["app"], ["apple_app"], ["app"], ["homebrew"]],
    );
  });
});
