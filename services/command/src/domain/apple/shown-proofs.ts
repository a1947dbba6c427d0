import type { AppleBody } from "./apple-body.ts";
import type { ShownProof } from "./escrow-kind.ts";
import { rawParameters, readRawCommand } from "./raw-command.ts";

/** The commands whose success says something of a secret in escrow. */
const SHOWING: ReadonlySet<string> = new Set([
  "DeviceLock",
  "EraseDevice",
  "SetRecoveryLock",
  "VerifyRecoveryLock",
  "SetFirmwarePassword",
  "VerifyFirmwarePassword",
  "ClearActivationLockBypassCode",
]);

export const showsProof = (requestType: string): boolean => SHOWING.has(requestType);

/** What it shows of the secrets in escrow that a device carried a command out. */
export function shownProofs(
  requestType: string,
  body: AppleBody,
  response: Readonly<Record<string, unknown>>,
): ShownProof[] {
  const { fill = {} } = body;
  switch (requestType) {
    case "DeviceLock":
    case "EraseDevice":
      return fill["PIN"] === undefined ? [] : [{ kind: "lock_pin", proof: "set" }];
    case "SetRecoveryLock":
      return [{ kind: "recovery_lock_password", proof: setOrCleared(body) }];
    case "VerifyRecoveryLock":
      // A password that somebody gave need not be the one in escrow.
      return fill["Password"] !== undefined && response["PasswordVerified"] === true
        ? [{ kind: "recovery_lock_password", proof: "verified" }]
        : [];
    case "SetFirmwarePassword":
      // A Mac acknowledges the command also when it left the password as it was.
      return innerFlag(response, "SetFirmwarePassword", "PasswordChanged") === false
        ? []
        : [{ kind: "firmware_password", proof: setOrCleared(body) }];
    case "VerifyFirmwarePassword":
      return fill["Password"] !== undefined &&
        innerFlag(response, "VerifyFirmwarePassword", "PasswordVerified") === true
        ? [{ kind: "firmware_password", proof: "verified" }]
        : [];
    case "ClearActivationLockBypassCode":
      return [{ kind: "activation_lock_bypass_code", proof: "cleared" }];
    default:
      return [];
  }
}

function setOrCleared({ parameters, rawPlist }: AppleBody): "cleared" | "set" {
  const given = rawPlist === undefined ? parameters : rawParameters(readRawCommand(rawPlist));
  return given["NewPassword"] === "" ? "cleared" : "set";
}

/** What a firmware command says stands in a dictionary of its name. */
function innerFlag(response: Readonly<Record<string, unknown>>, name: string, key: string): unknown {
  const inner = response[name];
  return typeof inner === "object" && inner !== null ? (inner as Readonly<Record<string, unknown>>)[key] : undefined;
}
