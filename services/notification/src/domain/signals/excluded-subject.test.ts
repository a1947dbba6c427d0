import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { excludedSubject } from "./excluded-subject.ts";

const ISSUER = "https://m/ssf/acme";
const read = (subject: unknown) => excludedSubject(subject, ISSUER, "acme");
const device = { format: "iss_sub", iss: ISSUER, sub: "d1" };
const user = { format: "email", email: "Ada@Acme.example" };

describe("a subject that is left out", () => {
  it("is a device, a person, or both", () => {
    assert.deepEqual(read(device), { deviceId: "d1", email: "" });
    assert.deepEqual(read(user), { deviceId: "", email: "ada@acme.example" });
    assert.deepEqual(read({ format: "complex", device, user }), { deviceId: "d1", email: "ada@acme.example" });
  });

  it("is nothing when it can never be ours", () => {
    assert.equal(read({ ...device, iss: "https://elsewhere.example" }), undefined);
    assert.equal(read({ format: "complex", device, tenant: { format: "opaque", id: "globex" } }), undefined);
    assert.equal(read({ format: "opaque", id: "whatever" }), undefined);
  });

  it("is refused when it is no subject", () => {
    for (const subject of [
      undefined,
      "d1",
      {},
      { format: "riddle" },
      { format: "email" },
      { format: "complex", user: 1 },
    ]) {
      assert.throws(() => read(subject), { code: "signal.bad_subject" });
    }
  });
});
