import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConfigurationError, port, readEnvironment, text } from "./environment.ts";

describe("the environment", () => {
  it("gives values, defaults, and cannot be changed afterwards", () => {
    const config = readEnvironment({ A_PORT: "81" }, { port: ["A_PORT", port], level: ["A_LEVEL", text, "info"] });
    assert.deepEqual({ ...config }, { port: 81, level: "info" });
    assert.throws(() => Object.assign(config, { port: 82 }), TypeError);
  });

  it("names every problem at once", () => {
    assert.throws(
      () => readEnvironment({ A_PORT: "many" }, { port: ["A_PORT", port], url: ["A_URL", text] }),
      (error: unknown) =>
        error instanceof ConfigurationError &&
        error.message.includes('A_PORT: "many" is not a port') &&
        error.message.includes("A_URL is not set"),
    );
  });
});
