import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { askAgainAt, installStateOf } from "../apple/app-install.ts";
import { backOffMs } from "./back-off.ts";
import { fateOf } from "./event-failures.ts";
import { readLocationToken } from "./location-token.ts";
import { shareLicenses } from "./share-licenses.ts";
import { warningDue } from "./token-expiry.ts";

const NOW = new Date("2026-06-01T00:00:00Z");
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const file = (token: object) => Buffer.from(JSON.stringify(token)).toString("base64");

describe("a location's token", () => {
  it("is read as it was downloaded, with line breaks and Apple's way to write times", () => {
    const content = file({ token: "secret", expDate: "2027-01-02T03:04:05+0100", orgName: "Acme" });
    const token = readLocationToken(`${content.slice(0, 20)}\n${content.slice(20)}\n`, NOW);
    assert.deepEqual(
      [token.organization, token.expiresAt.toISOString(), token.bearer],
      ["Acme", "2027-01-02T02:04:05.000Z", content],
    );
  });

  it("is refused with what to do when it is none, or is over", () => {
    assert.throws(() => readLocationToken("", NOW), /as it was downloaded/);
    assert.throws(() => readLocationToken("nonsense", NOW), /no JSON/);
    assert.throws(() => readLocationToken(file({ token: "secret", expDate: "soon" }), NOW), /expDate/);
    assert.throws(() => readLocationToken(file({ token: "s", expDate: "2026-05-31T00:00:00+0000" }), NOW), /expired/);
  });

  it("is warned of once at each step before its end, and at its end", () => {
    assert.equal(warningDue(inDays(31), undefined, NOW), undefined);
    assert.equal(warningDue(inDays(30), undefined, NOW), 30);
    assert.equal(warningDue(inDays(29), 30, NOW), undefined);
    assert.equal(warningDue(inDays(6), 30, NOW), 7);
    assert.equal(warningDue(inDays(0.5), 1, NOW), undefined);
    assert.equal(warningDue(inDays(-1), 1, NOW), 0);
    assert.equal(warningDue(inDays(-2), 0, NOW), undefined);
  });
});

describe("licenses that are too few", () => {
  it("go to those who wait longest, and who has one needs none", () => {
    const waiting = ["a", "b", "c", "d"].map((assignee) => ({ assignee }));
    const { given, left } = shareLicenses(waiting, 2, new Set(["c"]));
    assert.deepEqual(
      [given.map(({ assignee }) => assignee), left.map(({ assignee }) => assignee)],
      [["a", "b", "c"], ["d"]],
    );
  });

  it("are refused to those whom Apple names, and asked for again by the others", () => {
    const failures = [
      { errorNumber: 9709, errorMessage: "not enough", assignees: new Set(["a"]) },
      { errorNumber: 9609, errorMessage: "no such user", assignees: new Set(["b"]) },
    ];
    assert.deepEqual(
      ["a", "b", "c"].map((assignee) => fateOf(assignee, failures)),
      [
        { kind: "refused", reason: "app_license.none_left" },
        { kind: "refused", reason: "app_license.refused: 9609 no such user" },
        { kind: "again" },
      ],
    );
  });

  it("are asked for after longer and longer pauses, never sooner than Apple wants", () => {
    assert.deepEqual(
      [0, 1, 5, 30].map((failures) => backOffMs(failures, 1)),
      [2_000, 4_000, 64_000, 900_000],
    );
    assert.equal(backOffMs(0, 0), 1_000);
    assert.equal(backOffMs(0, 1, 120_000), 120_000);
  });
});

describe("an installation", () => {
  it("ends when the managed list says so, and is asked about rarer and rarer, with an end", () => {
    assert.deepEqual(["Installing", "Managed", "UserRejected", "Prompting"].map(installStateOf), [
      "accepted",
      "managed",
      "failed",
      "accepted",
    ]);
    assert.equal(askAgainAt(1, NOW)?.getTime(), NOW.getTime() + 30_000);
    assert.equal(askAgainAt(7, NOW)?.getTime(), NOW.getTime() + 86_400_000);
    assert.equal(askAgainAt(8, NOW), undefined);
  });
});
