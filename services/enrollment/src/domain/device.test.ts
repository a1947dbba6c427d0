import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { claim, device } from "../testing/builders.ts";
import type { AppleFacts } from "./apple/apple-facts.ts";
import { enrollAgain, takeOver, unenroll, withApple } from "./device.ts";

describe("a device that enrolled over Apple's protocol", () => {
  const now = new Date("2026-01-01T00:00:00Z");
  const apple: AppleFacts = {
    kind: "profile",
    managedAccount: "",
    supervised: false,
    releasedByHand: false,
    userEnrollmentId: "",
    enrollmentId: "0199a000-0000-7000-8000-000000000001",
    udid: "U1",
    productName: "Mac15,3",
    osVersion: "15.1",
    buildVersion: "24B83",
    topic: "com.apple.mgmt.External.muster",
    accessRights: 8191,
    awaitingConfiguration: false,
    users: [],
  };
  const mac = withApple(device(), apple);

  it("keeps that enrollment when another of its programs enrolls", () => {
    assert.deepEqual(enrollAgain(mac, claim(), now).apple, apple);
  });

  it("does not get it back when another of its programs enrolls after its management ended", () => {
    assert.equal(enrollAgain(unenroll(mac), claim(), now).apple, undefined);
  });

  it("does not hand it to the machine that takes its place", () => {
    assert.equal(takeOver(mac, claim(), now).apple, undefined);
  });
});
