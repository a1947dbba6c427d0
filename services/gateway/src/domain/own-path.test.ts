import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ownPath } from "./own-path.ts";

describe("the path a browser is sent to", () => {
  it("is one of the console", () => {
    for (const path of ["/", "/devices", "/devices?label=a&q=%2F#top"]) assert.equal(ownPath(path), path);
  });

  it("leads nowhere else, and not into the API", () => {
    for (const text of [
      "",
      "devices",
      "https://evil.example/",
      "//evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "/\t/evil.example",
      "/.//evil.example",
      "/a/..//evil.example",
      "/api/v1/sign-in/callback?code=x",
      "/./api/v1/me",
      "javascript:alert(1)",
    ]) {
      assert.equal(ownPath(text), "/", text);
    }
  });
});
