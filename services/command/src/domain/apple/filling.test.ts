import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fillFor } from "./filling.ts";

const mac = { platform: "macos", automated: false } as const;
const phone = { platform: "ios", automated: false } as const;

describe("what is put into a command when it is delivered", () => {
  it("is a PIN for Macs only, made up or kept as it was given", () => {
    assert.deepEqual(fillFor("DeviceLock", {}, mac), { PIN: "lock_pin" });
    assert.deepEqual(fillFor("DeviceLock", { PIN: "123456" }, mac), { PIN: "given_lock_pin" });
    assert.deepEqual(fillFor("DeviceLock", {}, phone), {});
  });

  it("is the profile with which an erased device comes back, unless Apple sends it to us", () => {
    const ReturnToService = { Enabled: true };
    assert.deepEqual(fillFor("EraseDevice", { ReturnToService }, phone), {
      "ReturnToService.MDMProfileData": "return_profile",
    });
    assert.deepEqual(fillFor("EraseDevice", { ReturnToService }, { ...phone, automated: true }), {});
    assert.deepEqual(fillFor("EraseDevice", { ReturnToService: { Enabled: true, MDMProfileData: "AA==" } }, phone), {});
  });

  it("is a new password for a recovery lock and the present one, and nothing new where it is cleared", () => {
    assert.deepEqual(fillFor("SetRecoveryLock", {}, mac), {
      NewPassword: "new_recovery_lock",
      CurrentPassword: "present_recovery_lock",
    });
    assert.deepEqual(fillFor("SetRecoveryLock", { NewPassword: "" }, mac), {
      CurrentPassword: "present_recovery_lock",
    });
    assert.deepEqual(fillFor("SetRecoveryLock", { NewPassword: "x", CurrentPassword: "y" }, mac), {
      NewPassword: "given_recovery_lock",
    });
  });

  it("is the same for a firmware password", () => {
    assert.deepEqual(fillFor("SetFirmwarePassword", { AllowOroms: true }, mac), {
      NewPassword: "new_firmware_password",
      CurrentPassword: "present_firmware_password",
    });
    assert.deepEqual(fillFor("SetFirmwarePassword", { NewPassword: "" }, mac), {
      CurrentPassword: "present_firmware_password",
    });
    assert.deepEqual(fillFor("VerifyFirmwarePassword", {}, mac), { Password: "newest_firmware_password" });
    assert.deepEqual(fillFor("VerifyFirmwarePassword", { Password: "x" }, mac), {});
  });

  it("is the present recovery key of a disk, and whom the new one is sealed for", () => {
    assert.deepEqual(fillFor("RotateFileVaultKey", { KeyType: "personal" }, mac), {
      "FileVaultUnlock.Password": "disk_recovery_key",
      ReplyEncryptionCertificate: "escrow_certificate",
    });
    const FileVaultUnlock = { PrivateKeyExport: "AA==", PrivateKeyExportPassword: "p" };
    assert.deepEqual(fillFor("RotateFileVaultKey", { KeyType: "institutional", FileVaultUnlock }, mac), {});
  });
});
