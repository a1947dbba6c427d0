import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withoutPrivate } from "./private-answers.ts";
import { withoutSecrets } from "./secret-answers.ts";

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
