import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Refusal } from "@muster/host/refusal";
import { FailureGate, networkOf } from "./failure-gate.ts";

const now = new Date("2026-11-23T12:00:00Z");
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

function failOften(gate: FailureGate, address: string, credential: string): void {
  for (let index = 0; index < 100; index++) gate.failed(address, credential, now);
}

describe("the failure gate", () => {
  it("shuts after too many failures and says when to come back", () => {
    const gate = new FailureGate();
    gate.admit("192.0.2.1", "bad", now);
    failOften(gate, "192.0.2.1", "bad");
    assert.throws(
      () => gate.admit("192.0.2.1", "bad", now),
      (error: unknown) =>
        error instanceof Refusal && error.code === "enrollment.too_many_failures" && error.retryAfterSec === 5,
    );
    gate.admit("192.0.2.1", "bad", later(5));
    gate.admit("192.0.2.2", "bad", now);
  });

  it("stays open for a secret that has worked from there: many hosts live behind one address", () => {
    const gate = new FailureGate();
    gate.succeeded("192.0.2.1", "good");
    failOften(gate, "192.0.2.1", "bad");
    gate.admit("192.0.2.1", "good", now);
    assert.throws(() => gate.admit("192.0.2.1", "another", now), Refusal);
  });

  it("forgets that a secret worked once it fails", () => {
    const gate = new FailureGate();
    gate.succeeded("192.0.2.1", "revoked");
    failOften(gate, "192.0.2.1", "revoked");
    assert.throws(() => gate.admit("192.0.2.1", "revoked", now), Refusal);
  });

  it("takes an IPv6 /64 for one address", () => {
    assert.equal(networkOf("2001:db8:0:7::1"), networkOf("2001:db8::7:ffff:1:2:3"));
    assert.notEqual(networkOf("2001:db8:0:7::1"), networkOf("2001:db8:0:8::1"));
    assert.equal(networkOf("::ffff:192.0.2.1"), "192.0.2.1");
    assert.equal(networkOf("::1"), "0:0:0:0::/64");
  });
});
