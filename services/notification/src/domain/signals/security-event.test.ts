import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Addressee, claimsOf, type Signal } from "./security-event.ts";

const signal: Signal = {
  jti: "j1",
  eventType: "urn:event",
  event: { current_status: "compliant" },
  deviceId: "d1",
  email: "",
  txn: "t1",
  issuedAt: new Date(1_700_000_000_900),
};
const to: Addressee = { tenant: "acme", streamId: "s1", issuer: "https://m/ssf/acme", audience: "idp", dialect: "ssf" };
const device = { format: "iss_sub", iss: "https://m/ssf/acme", sub: "d1" };
const tenant = { format: "opaque", id: "acme" };

describe("a security event token", () => {
  it("has one event and its subject beside it, and nothing that makes it a token of access", () => {
    assert.deepEqual(claimsOf(signal, to), {
      iss: "https://m/ssf/acme",
      aud: "idp",
      iat: 1_700_000_000,
      jti: "j1",
      txn: "t1",
      sub_id: { format: "complex", device, tenant },
      events: { "urn:event": { current_status: "compliant" } },
    });
  });

  it("names the person when there is one", () => {
    const { sub_id } = claimsOf({ ...signal, email: "ada@acme.example" }, to);
    const user = { format: "email", email: "ada@acme.example" };
    assert.deepEqual(sub_id, { format: "complex", device, tenant, user });
  });

  it("is about the stream when it is about no device", () => {
    assert.deepEqual(claimsOf({ ...signal, deviceId: "" }, to)["sub_id"], { format: "opaque", id: "s1" });
  });

  it("carries its subject in the event for Okta", () => {
    const claims = claimsOf(signal, { ...to, dialect: "okta" });
    assert.equal(claims["sub_id"], undefined);
    const subject = { format: "complex", device, tenant };
    assert.deepEqual(claims["events"], { "urn:event": { subject, current_status: "compliant" } });
  });
});
