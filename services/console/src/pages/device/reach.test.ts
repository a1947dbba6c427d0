import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Reach, runsScripts, takes } from "./reach.ts";

const PHONE: Reach = {
  platform: "PLATFORM_IOS",
  ownership: "OWNERSHIP_CORPORATE",
  generations: { apple: 1 },
  apple: { supervised: true },
};
const LINUX: Reach = { platform: "PLATFORM_LINUX", ownership: "OWNERSHIP_CORPORATE", generations: { agent: 2 } };

describe("what is offered for a device", () => {
  it("is lost mode on a supervised phone alone", () => {
    assert.equal(takes("COMMAND_TYPE_ENABLE_LOST_MODE", PHONE), true);
    assert.equal(takes("COMMAND_TYPE_ENABLE_LOST_MODE", { ...PHONE, apple: { supervised: false } }), false);
    assert.equal(takes("COMMAND_TYPE_ENABLE_LOST_MODE", { ...PHONE, platform: "PLATFORM_MACOS" }), false);
  });

  it("is a lock for a person's own phone, and never a wipe", () => {
    const own = { ...PHONE, ownership: "OWNERSHIP_PERSONAL" };
    assert.equal(takes("COMMAND_TYPE_LOCK", own), true);
    assert.equal(takes("COMMAND_TYPE_WIPE", own), false);
    assert.equal(takes("COMMAND_TYPE_LOCK", { ...own, platform: "PLATFORM_MACOS" }), false);
  });

  it("is a restart and scripts, but no wipe, where only the agent is", () => {
    assert.equal(takes("COMMAND_TYPE_RESTART", LINUX), true);
    assert.equal(takes("COMMAND_TYPE_WIPE", LINUX), false);
    assert.equal(runsScripts(LINUX), true);
  });

  it("is nothing where only osquery is", () => {
    const host = { ...LINUX, generations: { osquery: 1, agent: 0 } };
    assert.equal(takes("COMMAND_TYPE_RESTART", host), false);
    assert.equal(runsScripts(host), false);
  });
});
