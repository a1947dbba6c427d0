import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AbmDevice, lastWords } from "./abm-device.ts";
import { AbmError } from "./abm-error.ts";
import { type AssignedDevice, ordersFor, type ProfileChoice, retryAssignment } from "./assignment.ts";
import { type AssignmentRule, profileByRules } from "./assignment-rule.ts";
import { retrySync } from "./sync-schedule.ts";
import { warningsDue } from "./token-expiry.ts";

const now = new Date("2026-11-01T12:00:00Z");
const later = (ms: number): Date => new Date(now.getTime() + ms);
const DAY_MS = 86_400_000;

const bought = (changes: Partial<AbmDevice> = {}): AbmDevice => ({
  serialNumber: "C02AAAA00001",
  model: "MacBook Pro (14-inch)",
  description: "order 4711",
  color: "SILVER",
  assetTag: "IT-1",
  deviceFamily: "Mac",
  os: "OSX",
  profileStatus: "empty",
  profileUuid: "",
  assignedAt: undefined,
  migrationDeadline: undefined,
  change: undefined,
  changedAt: undefined,
  ...changes,
});

describe("the last word on a device", () => {
  it("is the newest of a page, and of two in one second the later", () => {
    const told = (assetTag: string, seconds: number) => bought({ assetTag, changedAt: later(seconds * 1_000) });
    const tags = lastWords([told("one", 2), told("two", 1), told("three", 2)]).map(({ assetTag }) => assetTag);
    assert.deepEqual(tags, ["three"]);
  });
});

describe("rules for profiles", () => {
  const none = { profileId: "p", serialPrefix: "", model: "", deviceFamily: "", description: "", assetTag: "" };
  const given = (...rules: Partial<AssignmentRule>[]) =>
    profileByRules(
      bought(),
      rules.map((rule) => ({ ...none, ...rule })),
      "default",
    );

  it("fit by everything that they name, whatever its case, and the first decides", () => {
    assert.equal(given({ serialPrefix: "c02" }), "p");
    assert.equal(given({ model: "macbook pro", deviceFamily: "mac", description: "4711", assetTag: "it-1" }), "p");
    assert.equal(given({ model: "macbook pro", deviceFamily: "iPad" }), "default");
    assert.equal(given({ deviceFamily: "iPad" }, { serialPrefix: "C02", profileId: "second" }, {}), "second");
  });

  it("fit nothing when they name nothing, and can leave devices without a profile", () => {
    assert.equal(given({}), "default");
    assert.equal(given({ assetTag: "IT-1", profileId: "" }), undefined);
  });
});

describe("orders to Apple", () => {
  const device = (changes: Partial<AssignedDevice> = {}): AssignedDevice => ({
    ...bought(),
    tenant: "acme",
    serverId: "s",
    choice: { by: "rules" },
    answer: undefined,
    failures: 0,
    retryAt: undefined,
    ...changes,
  });
  const uuids = new Map([["p", "UUID"]]);
  const orders = (profileId: string | undefined, changes: Partial<AssignedDevice>) =>
    ordersFor([{ device: device(changes), profileId }], uuids, new Set(["UUID", "OLD"]), now);
  const byHand: ProfileChoice = { by: "hand", profileId: undefined };

  it("are given only where Apple holds something else", () => {
    assert.equal(orders("p", {}).length, 1);
    assert.equal(orders("p", { profileStatus: "assigned", profileUuid: "OLD" }).length, 1);
    assert.equal(orders("p", { profileStatus: "removed", profileUuid: "UUID" }).length, 1);
    for (const profileStatus of ["assigned", "pushed"])
      assert.deepEqual(orders("p", { profileStatus, profileUuid: "UUID" }), []);
    assert.deepEqual(orders("p", { retryAt: later(1) }), []);
    assert.deepEqual(orders("not defined", {}), []);
  });

  it("take away what came from here, and what somebody says, and leave alone what others assigned", () => {
    const taken = [{ profileUuid: undefined, serialNumbers: ["C02AAAA00001"] }];
    assert.deepEqual(orders(undefined, { profileStatus: "assigned", profileUuid: "OLD" }), taken);
    assert.deepEqual(orders(undefined, { profileStatus: "assigned", profileUuid: "foreign" }), []);
    assert.deepEqual(orders(undefined, { profileStatus: "assigned", profileUuid: "foreign", choice: byHand }), taken);
    assert.deepEqual(orders(undefined, { profileStatus: "removed", choice: byHand }), []);
  });

  it("name at most a thousand devices each", () => {
    const wishes = Array.from({ length: 2_001 }, (_, index) => ({
      device: device({ serialNumber: `S${index}` }),
      profileId: "p",
    }));
    const sizes = ordersFor(wishes, uuids, new Set(), now).map(({ serialNumbers }) => serialNumbers.length);
    assert.deepEqual(sizes, [1_000, 1_000, 1]);
  });

  it("are repeated when Apple says, else ever later and at last once a day", () => {
    assert.deepEqual(retryAssignment(1, 5_000, now, 0), later(5_000));
    assert.deepEqual(retryAssignment(1, undefined, now, 0), later(600_000));
    assert.deepEqual(retryAssignment(30, undefined, now, 0), later(DAY_MS));
    assert.deepEqual(retryAssignment(30, undefined, now, 1), later(DAY_MS * 1.25));
  });
});

describe("the schedule of synchronizations", () => {
  it("waits longer after each failure, an hour at most, and an hour at once when people have to act", () => {
    assert.deepEqual(retrySync(undefined, 1, now, 0.5), later(60_000));
    assert.deepEqual(retrySync(undefined, 20, now, 0.5), later(3_600_000));
    assert.deepEqual(retrySync(new AbmError("terms_changed", ""), 1, now, 0.5), later(3_600_000));
    const busy = new AbmError("unavailable", "", { retryAfterMs: 7_200_000 });
    assert.deepEqual(retrySync(busy, 1, now, 0.5), later(7_200_000));
  });

  it("warns 30, 14, 7 and 1 days before a token ends, and when it has", () => {
    const due = [31, 30, 20, 7, 0.5, 0].map((days) => warningsDue(later(days * DAY_MS), now));
    assert.deepEqual(due, [0, 1, 1, 3, 4, 5]);
  });
});
