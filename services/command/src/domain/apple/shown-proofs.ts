import type { AppleBody } from "./apple-body.ts";
import type { ShownProof } from "./escrow-kind.ts";
import { rawParameters, readRawCommand } from "./raw-command.ts";

/** The commands whose success says something of a secret in escrow. */
const SHOWING: ReadonlySet<string> = new Set([
  "DeviceLock",
  "EraseDevice",
  "SetRecoveryLock",
  "VerifyRecoveryLock",
  "ClearActivationLockBypassCode",
]);

export const showsProof = (requestType: string): boolean => SHOWING.has(requestType);

/** What it shows of the secrets in escrow that a device carried a command out. */
export function shownProofs(
  requestType: string,
  body: AppleBody,
  response: Readonly<Record<string, unknown>>,
): ShownProof[] {
  const { fill = {}, rawPlist } = body;
  switch (requestType) {
    case "DeviceLock":
    case "EraseDevice":
      return fill["PIN"] === undefined ? [] : [{ kind: "lock_pin", proof: "set" }];
    case "SetRecoveryLock": {
      const given = rawPlist === undefined ? body.parameters : rawParameters(readRawCommand(rawPlist));
      return [{ kind: "recovery_lock_password", proof: given["NewPassword"] === "" ? "cleared" : "set" }];
    }
    case "VerifyRecoveryLock":
      // A password that somebody gave need not be the one in escrow.
      return fill["Password"] !== undefined && response["PasswordVerified"] === true
        ? [{ kind: "recovery_lock_password", proof: "verified" }]
        : [];
    case "ClearActivationLockBypassCode":
      return [{ kind: "activation_lock_bypass_code", proof: "cleared" }];
    default:
      return [];
  }
}
