import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { retireUser, revokeUsers, rotateUser, type UserKeys } from "./credential-rotation.ts";

const now = new Date("2026-03-01T08:00:00Z");
const later = new Date("2026-03-01T09:00:00Z");
const keys: UserKeys = { current: "U1", previous: undefined, revoked: {} };
const HOUR_MS = 3600_000;

describe("the users of a subscriber", () => {
  it("overlap for a while, after which the one before is let in no more", () => {
    const rotated = rotateUser(keys, "U2", HOUR_MS, now);
    assert.deepEqual(rotated, { current: "U2", previous: { user: "U1", until: later }, revoked: {} });
    assert.equal(retireUser(rotated, new Date(later.getTime() - 1)), rotated);
    assert.deepEqual(retireUser(rotated, later), { current: "U2", previous: undefined, revoked: { U1: later } });
  });

  it("are never more than two: a second rotation ends the oldest at once", () => {
    const twice = rotateUser(rotateUser(keys, "U2", HOUR_MS, now), "U3", HOUR_MS, now);
    assert.deepEqual(twice, { current: "U3", previous: { user: "U2", until: later }, revoked: { U1: now } });
  });

  it("do not overlap when that is asked for", () => {
    assert.deepEqual(rotateUser(keys, "U2", 0, now), { current: "U2", previous: undefined, revoked: { U1: now } });
    const both = rotateUser(rotateUser(keys, "U2", HOUR_MS, now), "U3", 0, later);
    assert.deepEqual(both, { current: "U3", previous: undefined, revoked: { U1: later, U2: later } });
  });

  it("all end when the subscriber is revoked", () => {
    const both = rotateUser(keys, "U2", HOUR_MS, now);
    assert.deepEqual(revokeUsers(both, later).revoked, { U1: later, U2: later });
  });
});
