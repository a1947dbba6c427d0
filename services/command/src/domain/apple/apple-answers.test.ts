import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withoutPrivate } from "./private-answers.ts";
import { secretsIn, withoutSecrets } from "./secret-answers.ts";

describe("what a device answers", () => {
  it("is kept without its secrets", () => {
    const info = { SecurityInfo: { FDE_Enabled: true, FDE_PersonalRecoveryKeyCMS: "AAEC" } };
    assert.deepEqual(withoutSecrets("SecurityInfo", info), { SecurityInfo: { FDE_Enabled: true } });
    assert.deepEqual(withoutSecrets("ActivationLockBypassCode", { ActivationLockBypassCode: "3UM43" }), {});
    assert.deepEqual(withoutSecrets("RotateFileVaultKey", { RotateResult: { EncryptedNewRecoveryKey: "AA" } }), {});
    assert.deepEqual(withoutSecrets("DeviceInformation", { QueryResponses: { PushToken: "AA", OSVersion: "18" } }), {
      QueryResponses: { OSVersion: "18" },
    });
  });

  it("goes into escrow as far as it opens something", () => {
    assert.deepEqual(secretsIn("SecurityInfo", { SecurityInfo: { FDE_PersonalRecoveryKeyCMS: "AAEC" } }), [
      { kind: "disk_recovery_key", form: "envelope", value: "AAEC", unproven: false },
    ]);
    assert.deepEqual(secretsIn("RotateFileVaultKey", { RotateResult: { EncryptedNewRecoveryKey: "AA" } }), [
      { kind: "disk_recovery_key", form: "envelope", value: "AA", unproven: true },
    ]);
    assert.deepEqual(secretsIn("ActivationLockBypassCode", { ActivationLockBypassCode: "3UM43" }), [
      { kind: "activation_lock_bypass_code", form: "text", value: "3UM43", unproven: false },
    ]);
    assert.deepEqual(secretsIn("SecurityInfo", { SecurityInfo: "FDE" }), []);
    assert.deepEqual(secretsIn("DeviceInformation", { QueryResponses: { PushToken: "AA" } }), []);
  });

  it("is kept of a person's own device as far as it is nobody's but the machine's", () => {
    const answers = {
      OSVersion: "18.1",
      ProductName: "iPhone16,1",
      SerialNumber: "S",
      PhoneNumber: "+1",
      DeviceName: "Ada's",
    };
    assert.deepEqual(withoutPrivate("DeviceInformation", { QueryResponses: answers }), {
      QueryResponses: { OSVersion: "18.1", ProductName: "iPhone16,1" },
    });
  });
});
