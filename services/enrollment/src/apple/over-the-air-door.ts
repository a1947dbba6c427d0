import { X509Certificate } from "node:crypto";
import { CmsError, readingCms } from "@muster/apple-protocol/cms/cms-error";
import { verifySignedData } from "@muster/apple-protocol/cms/verify-signed-data";
import { readProfileServiceAnswer } from "@muster/apple-protocol/mdm/machine-info";
import { MdmMessageError } from "@muster/apple-protocol/mdm/mdm-message-error";
import { PlistError } from "@muster/apple-protocol/plist/plist-error";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import type { AppleVerifier } from "@muster/device-identity/apple-identity";
import type { DeviceMakers } from "../ca/device-makers.ts";
import { refuse } from "../domain/refusals.ts";
import type { HandedProfile } from "../usecases/apple/new-enrollment.ts";
import type { PhaseAnswer } from "../usecases/apple/over-the-air.ts";
import { enrollmentProfile, identityProfile, type ProfileSettings } from "./enrollment-profile.ts";

export interface OverTheAirDoorDeps {
  readonly makers: DeviceMakers;
  readonly verifier: AppleVerifier;
  readonly settings: ProfileSettings;
  readonly answerPhase: (answer: PhaseAnswer) => Promise<HandedProfile>;
  readonly now: () => Date;
}

/** Answers one phase of enrollment over the air with the profile that comes next. Who signed says which phase it is. */
export async function phaseProfile(body: Buffer, deps: OverTheAirDoorDeps): Promise<Buffer> {
  const answer = readAnswer(body, deps);
  const handed = await deps.answerPhase(answer);
  return answer.signer === "maker" ? identityProfile(handed, deps.settings) : enrollmentProfile(handed, deps.settings);
}

function readAnswer(body: Buffer, { makers, now, verifier }: OverTheAirDoorDeps): PhaseAnswer {
  try {
    const { certificates, content, signer } = verifySignedData(body);
    const { challenge, udid } = readProfileServiceAnswer(readPlist(content));
    const identity = verifier.byCertificate(signer, now());
    if (typeof identity !== "string") return { signer: "ours", udid, ...identity };
    const sent = readingCms(() => certificates.map((each) => new X509Certificate(each)));
    if (makers.vouchFor(signer, sent)) return { signer: "maker", udid, challenge };
  } catch (error) {
    if (!(error instanceof CmsError) && !(error instanceof PlistError) && !(error instanceof MdmMessageError))
      throw error;
    throw refuse("apple.bad_signature", "the body is not what a device signs when it enrolls", { cause: error });
  }
  throw refuse("apple.unknown_maker", "the device is not one that its maker vouches for here");
}
