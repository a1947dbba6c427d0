import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { configProblems } from "./config.ts";

const label = (name: string): string => `org.opencontainers.image.${name}`;
const CONFIG = {
  User: "65532:65532",
  Labels: {
    [label("title")]: "muster-gateway",
    [label("description")]: "any",
    [label("version")]: "1.2.3",
    [label("revision")]: "abc",
    [label("licenses")]: "Apache-2.0",
  },
};

describe("the configuration of an image", () => {
  it("is in order with nobody's user and all labels", () => {
    assert.deepEqual(configProblems(CONFIG, "gateway", { version: "1.2.3", revision: "abc" }), []);
  });

  it("is not in order as root, with labels of another, or without one", () => {
    const { [label("licenses")]: _, ...Labels } = CONFIG.Labels;
    assert.deepEqual(configProblems({ User: "", Labels }, "command", { version: "1.2.4" }), [
      "It runs as root.",
      "Its label title is muster-gateway.",
      "Its label version is 1.2.3.",
      "It has no label licenses.",
    ]);
  });
});
