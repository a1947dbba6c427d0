import type { AppleDevice } from "./apple-device.ts";
import type { EscrowKind } from "./escrow-kind.ts";

/** Where a value comes from that is put in when the command is delivered. */
type Source =
  /** The newest of its kind in escrow. */
  | { readonly from: "escrow"; readonly kind: EscrowKind; readonly provenOnly?: true; readonly optional?: true }
  /** Made up by the escrow for this command, and kept before the device has it. */
  | { readonly from: "made"; readonly kind: EscrowKind }
  /** Given by whoever asked, and kept before the device has it. */
  | { readonly from: "given"; readonly kind: EscrowKind }
  /** The tenant's certificate, for which the device seals its answer. */
  | { readonly from: "certificate" }
  /** A profile that brings the device back after it was erased. */
  | { readonly from: "return_profile" }
  /** The profile that renews the device's certificate, with a fresh challenge. */
  | { readonly from: "renewal_profile" };

/** By the name under which a command's body says it. */
export const FILLINGS = {
  lock_pin: { from: "made", kind: "lock_pin" },
  given_lock_pin: { from: "given", kind: "lock_pin" },
  unlock_token: { from: "escrow", kind: "unlock_token" },
  disk_recovery_key: { from: "escrow", kind: "disk_recovery_key" },
  new_recovery_lock: { from: "made", kind: "recovery_lock_password" },
  given_recovery_lock: { from: "given", kind: "recovery_lock_password" },
  // A device without a recovery lock has no present one.
  present_recovery_lock: { from: "escrow", kind: "recovery_lock_password", provenOnly: true, optional: true },
  newest_recovery_lock: { from: "escrow", kind: "recovery_lock_password" },
  new_firmware_password: { from: "made", kind: "firmware_password" },
  given_firmware_password: { from: "given", kind: "firmware_password" },
  present_firmware_password: { from: "escrow", kind: "firmware_password", provenOnly: true, optional: true },
  newest_firmware_password: { from: "escrow", kind: "firmware_password" },
  escrow_certificate: { from: "certificate" },
  return_profile: { from: "return_profile" },
  renewal_profile: { from: "renewal_profile" },
} as const satisfies Readonly<Record<string, Source>>;

export type Filling = keyof typeof FILLINGS;

/** What is put in, by the path of the key that it becomes, such as FileVaultUnlock.Password. */
export type Fill = Readonly<Record<string, Filling>>;

type Given = Readonly<Record<string, unknown>>;

/** What of a command is put in when it is delivered: secrets that nobody gave, and what has to be kept before it is sent. */
export function fillFor(requestType: string, given: Given, device: Pick<AppleDevice, "automated" | "platform">): Fill {
  switch (requestType) {
    case "DeviceLock":
      return pinFill(given, device);
    case "EraseDevice":
      return { ...pinFill(given, device), ...returnFill(given, device) };
    case "ClearPasscode":
      return given["UnlockToken"] === undefined ? { UnlockToken: "unlock_token" } : {};
    case "SetRecoveryLock":
      return passwordFill(given, "recovery_lock");
    case "VerifyRecoveryLock":
      return given["Password"] === undefined ? { Password: "newest_recovery_lock" } : {};
    case "SetFirmwarePassword":
      return passwordFill(given, "firmware_password");
    case "VerifyFirmwarePassword":
      return given["Password"] === undefined ? { Password: "newest_firmware_password" } : {};
    case "RotateFileVaultKey":
      return rotationFill(given);
    default:
      return {};
  }
}

/** Only a Mac is locked with a PIN. */
function pinFill({ PIN: pin }: Given, { platform }: Pick<AppleDevice, "platform">): Fill {
  if (platform !== "macos") return {};
  return { PIN: pin === undefined ? "lock_pin" : "given_lock_pin" };
}

/** A device that Apple sends to us after it was erased needs no profile to come back. */
function returnFill({ ReturnToService: service }: Given, { automated }: Pick<AppleDevice, "automated">): Fill {
  const { Enabled, MDMProfileData } = dictionary(service);
  return Enabled === true && MDMProfileData === undefined && !automated
    ? { "ReturnToService.MDMProfileData": "return_profile" }
    : {};
}

/** A new password, and the present one with it. An empty one takes the lock away: there is nothing to keep. */
function passwordFill(
  { CurrentPassword: current, NewPassword: password }: Given,
  lock: "firmware_password" | "recovery_lock",
): Fill {
  return {
    ...(password !== "" && { NewPassword: password === undefined ? `new_${lock}` : `given_${lock}` }),
    ...(current === undefined && { CurrentPassword: `present_${lock}` }),
  } as const;
}

function rotationFill({
  FileVaultUnlock: unlock,
  KeyType: type,
  ReplyEncryptionCertificate: certificate,
}: Given): Fill {
  const { Password, PrivateKeyExport } = dictionary(unlock);
  return {
    ...(Password === undefined &&
      PrivateKeyExport === undefined && { "FileVaultUnlock.Password": "disk_recovery_key" as const }),
    ...(type === "personal" &&
      certificate === undefined && { ReplyEncryptionCertificate: "escrow_certificate" as const }),
  };
}

const dictionary = (value: unknown): Given => (typeof value === "object" && value !== null ? (value as Given) : {});
