import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { madeSecret } from "./made-secret.ts";

describe("a secret that is made up", () => {
  it("is six digits for a lock, also when they begin with zeros", () => {
    assert.match(madeSecret("lock_pin", randomBytes) ?? "", /^\d{6}$/);
    assert.equal(
      madeSecret("lock_pin", (count) => Buffer.alloc(count)),
      "000000",
    );
  });

  it("is a password that can be read from a screen for recoveryOS and firmware, and another one each time", () => {
    for (const kind of ["recovery_lock_password", "firmware_password"] as const) {
      const [one = "", other = ""] = [randomBytes, randomBytes].map((chance) => madeSecret(kind, chance));
      assert.match(one, /^([0-9ACDEFGHJ-NP-RT-Z]{4}-){5}[0-9ACDEFGHJ-NP-RT-Z]{4}$/);
      assert.notEqual(one, other);
    }
  });

  it("is nothing where only the device can make one", () => {
    assert.equal(madeSecret("disk_recovery_key", randomBytes), undefined);
  });
});
