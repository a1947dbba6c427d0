import { X509Certificate } from "node:crypto";
import { CmsError, readingCms } from "@muster/apple-protocol/cms/cms-error";
import { verifySignedData } from "@muster/apple-protocol/cms/verify-signed-data";
import { type ErrorDocument, softwareUpdateRequired } from "@muster/apple-protocol/mdm/error-documents";
import { type MachineInfo, readMachineInfo } from "@muster/apple-protocol/mdm/machine-info";
import { MdmMessageError } from "@muster/apple-protocol/mdm/mdm-message-error";
import { PlistError } from "@muster/apple-protocol/plist/plist-error";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { Refusal } from "@muster/host/refusal";
import type { DeviceMakers } from "../ca/device-makers.ts";
import { refuse } from "../domain/refusals.ts";
import type { AutomatedBeginning } from "../usecases/automated/begin-automated.ts";
import { sha256 } from "../usecases/credential-hash.ts";
import type { ReportRefusal } from "../usecases/report-refusal.ts";
import { enrollmentProfile, type ProfileSettings } from "./enrollment-profile.ts";

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
    const beginning = await deps.beginAutomated(door, readInfo(signed, deps.makers));
    if (beginning.kind === "handed") return { profile: enrollmentProfile(beginning.profile, deps.settings) };
    const { buildVersion, osVersion } = beginning.to;
    return { document: softwareUpdateRequired({ osVersion, ...(buildVersion !== "" && { buildVersion }) }) };
  } catch (error) {
    if (error instanceof Refusal)
      await deps.reportRefusal(
        { method: "apple", code: error.code, remoteAddress, hostname: "", at: deps.now() },
        { credentialSha256: sha256(door) },
      );
    throw error;
  }
}

function readInfo(signed: Buffer, makers: DeviceMakers): MachineInfo {
  try {
    const { certificates, content, signer } = verifySignedData(signed);
    const sent = readingCms(() => certificates.map((each) => new X509Certificate(each)));
    if (makers.vouchFor(signer, sent)) return readMachineInfo(readPlist(content));
  } catch (error) {
    if (!(error instanceof CmsError) && !(error instanceof PlistError) && !(error instanceof MdmMessageError))
      throw error;
    throw refuse("apple.bad_signature", "the body is not what a device signs when it enrolls", { cause: error });
  }
  throw refuse("apple.unknown_maker", "the device is not one that its maker vouches for here");
}
