import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shownProofs } from "./shown-proofs.ts";

describe("what a command that was carried out shows of the secrets in escrow", () => {
  it("is that a lock has its PIN, where there is one", () => {
    assert.deepEqual(shownProofs("DeviceLock", { parameters: {}, fill: { PIN: "lock_pin" } }, {}), [
      { kind: "lock_pin", proof: "set" },
    ]);
    assert.deepEqual(shownProofs("DeviceLock", { parameters: {} }, {}), []);
  });

  it("is that a recovery lock was set or is gone", () => {
    const proof = (parameters: object) =>
      shownProofs("SetRecoveryLock", { parameters: { ...parameters } }, {}).map((each) => each.proof);
    assert.deepEqual(proof({}), ["set"]);
    assert.deepEqual(proof({ NewPassword: "" }), ["cleared"]);
  });

  it("is that a firmware password was set, unless the Mac says that it left it as it was", () => {
    const proof = (parameters: object, PasswordChanged: boolean) =>
      shownProofs(
        "SetFirmwarePassword",
        { parameters: { ...parameters } },
        { SetFirmwarePassword: { PasswordChanged } },
      );
    assert.deepEqual(proof({}, true), [{ kind: "firmware_password", proof: "set" }]);
    assert.deepEqual(proof({ NewPassword: "" }, true), [{ kind: "firmware_password", proof: "cleared" }]);
    assert.deepEqual(proof({}, false), []);
    const asked = { parameters: {}, fill: { Password: "newest_firmware_password" } } as const;
    const verified = (PasswordVerified: boolean) =>
      shownProofs("VerifyFirmwarePassword", asked, { VerifyFirmwarePassword: { PasswordVerified } }).length;
    assert.deepEqual([verified(true), verified(false)], [1, 0]);
  });

  it("is that the password in escrow is good only when that was asked and the device says so", () => {
    const asked = { parameters: {}, fill: { Password: "newest_recovery_lock" } } as const;
    assert.equal(shownProofs("VerifyRecoveryLock", asked, { PasswordVerified: true }).length, 1);
    assert.equal(shownProofs("VerifyRecoveryLock", asked, { PasswordVerified: false }).length, 0);
    const given = { parameters: { Password: "guess" } };
    assert.equal(shownProofs("VerifyRecoveryLock", given, { PasswordVerified: true }).length, 0);
  });
});
