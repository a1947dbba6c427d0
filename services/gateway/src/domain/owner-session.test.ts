import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOver, isStillTheirs, OWNER_SESSION_MS, whoAsked } from "./owner-session.ts";

const openedAt = new Date("2026-01-31T09:30:00Z");
const session = { tenant: "acme", deviceId: "d", openedAt };
const later = (ms: number) => new Date(openedAt.getTime() + ms);

describe("the visit of a device's owner", () => {
  it("is over after an hour", () => {
    assert.deepEqual(
      [isOver(session, later(OWNER_SESSION_MS - 1)), isOver(session, later(OWNER_SESSION_MS))],
      [false, true],
    );
  });

  it("ends when the device leaves or enrolls anew, and not because it enrolled before", () => {
    const still = (enrolledAt: Date | undefined, unenrolled = false) =>
      isStillTheirs(session, { enrolledAt, unenrolled });
    assert.deepEqual(
      [still(later(-1)), still(undefined), still(later(1)), still(later(-1), true)],
      [true, true, false, false],
    );
  });
});

describe("whose doing something was", () => {
  it("is said by role and never by name", () => {
    const actors = ["ada@example.org", "token:deploy", "policy:0199", "owner", "command", ""];
    assert.deepEqual(actors.map(whoAsked), [
      "an administrator",
      "a program of your organisation",
      "Muster, because a policy was not met",
      "you",
      "Muster itself",
      "Muster itself",
    ]);
  });
});
