import { X509Certificate } from "node:crypto";
import { CmsError, readingCms } from "@muster/apple-protocol/cms/cms-error";
import { verifySignedData } from "@muster/apple-protocol/cms/verify-signed-data";
import { type ErrorDocument, softwareUpdateRequired } from "@muster/apple-protocol/mdm/error-documents";
import { type MachineInfo, readMachineInfo } from "@muster/apple-protocol/mdm/machine-info";
import { MdmMessageError } from "@muster/apple-protocol/mdm/mdm-message-error";
import { PlistError } from "@muster/apple-protocol/plist/plist-error";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import type { MinimumSystem } from "../domain/automated/update-gate.ts";
import { refuse } from "../domain/refusals.ts";

/** Whether a device is believed that signs with this certificate, and sent these along. */
export type Believes = (signer: X509Certificate, sent: readonly X509Certificate[]) => boolean;

/** What a device says of itself where it asks for its enrollment profile, and has signed. */
export function machineInfoIn(signed: Buffer, believes: Believes): MachineInfo {
  try {
    const { certificates, content, signer } = verifySignedData(signed);
    const sent = readingCms(() => certificates.map((each) => new X509Certificate(each)));
    if (believes(signer, sent)) return readMachineInfo(readPlist(content));
  } catch (error) {
    if (!(error instanceof CmsError) && !(error instanceof PlistError) && !(error instanceof MdmMessageError))
      throw error;
    throw refuse("apple.bad_signature", "the body is not what a device signs when it enrolls", { cause: error });
  }
  throw refuse("apple.unknown_maker", "the device is not one that its maker vouches for here");
}

/** Has the device update before it enrolls. */
export const updateFirst = ({ beta, buildVersion, osVersion }: MinimumSystem): ErrorDocument =>
  softwareUpdateRequired({
    osVersion,
    ...(buildVersion !== "" && { buildVersion }),
    ...(beta !== undefined && { betaProgram: { description: beta.title, token: beta.token } }),
  });
