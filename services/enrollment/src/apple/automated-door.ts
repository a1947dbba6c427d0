import type { ErrorDocument } from "@muster/apple-protocol/mdm/error-documents";
import type { MachineInfo } from "@muster/apple-protocol/mdm/machine-info";
import { Refusal } from "@muster/host/refusal";
import type { DeviceMakers } from "../ca/device-makers.ts";
import type { AutomatedBeginning } from "../usecases/automated/begin-automated.ts";
import { sha256 } from "../usecases/credential-hash.ts";
import type { ReportRefusal } from "../usecases/report-refusal.ts";
import { enrollmentProfile, type ProfileSettings } from "./enrollment-profile.ts";
import { machineInfoIn, updateFirst } from "./machine-info.ts";

export interface AutomatedDoorDeps {
  readonly makers: DeviceMakers;
  readonly settings: ProfileSettings;
  readonly beginAutomated: (door: string, info: MachineInfo) => Promise<AutomatedBeginning>;
  readonly reportRefusal: ReportRefusal;
  readonly now: () => Date;
}

interface AutomatedRequest {
  /** The secret in the address. */
  readonly door: string;
  /** MachineInfo, signed by the device: the body, or a header in base64. */
  readonly signed: Buffer;
  readonly remoteAddress: string;
}

/** Answers a device in Setup Assistant with its enrollment profile, or with why it does not get one. */
export async function answerAutomated(
  { door, remoteAddress, signed }: AutomatedRequest,
  deps: AutomatedDoorDeps,
): Promise<{ readonly profile: Buffer } | { readonly document: ErrorDocument }> {
  try {
    const info = machineInfoIn(signed, (signer, sent) => deps.makers.vouchFor(signer, sent));
    const beginning = await deps.beginAutomated(door, info);
    if (beginning.kind === "handed") return { profile: enrollmentProfile(beginning.profile, deps.settings) };
    return { document: updateFirst(beginning.to) };
  } catch (error) {
    if (error instanceof Refusal)
      await deps.reportRefusal(
        { method: "apple", code: error.code, remoteAddress, hostname: "", at: deps.now() },
        { credentialSha256: sha256(door) },
      );
    throw error;
  }
}
