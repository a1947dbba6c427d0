import { createPrivateKey, createPublicKey } from "node:crypto";
import type { Identity } from "../crypto/certificate.ts";
import type { Plist } from "../plist/plist-value.ts";
import { writePlist } from "../plist/write-plist.ts";
import type { MdmChannel } from "../wire/mdm-channel.ts";
import type { ActiveEnrollment } from "./active-enrollment.ts";

/** What a device remembers of its management when it is switched off. */
export interface SavedEnrollment {
  /** The enrollment profile, a property list. */
  readonly profile: string;
  /** PEM, PKCS#8. */
  readonly key: string;
  /** DER in base64, as the token. */
  readonly certificate: string;
  readonly ids: Readonly<Record<string, string>>;
  readonly pushToken: string;
  readonly pushMagic: string;
  readonly bearer: string | undefined;
}

const texts = (ids: Plist): Record<string, string> =>
  Object.fromEntries(Object.entries(ids).filter((entry): entry is [string, string] => typeof entry[1] === "string"));

export const savedFrom = (
  { profile, identity, ids }: ActiveEnrollment,
  { pushToken, pushMagic }: MdmChannel,
  bearer: string | undefined,
): SavedEnrollment => ({
  profile: writePlist(profile.profile.configuration),
  key: String(identity.key.privateKey.export({ type: "pkcs8", format: "pem" })),
  certificate: identity.certificate.toString("base64"),
  ids: texts(ids),
  pushToken: pushToken.toString("base64"),
  pushMagic,
  bearer,
});

export const identityIn = ({ key, certificate }: SavedEnrollment): Identity => {
  const privateKey = createPrivateKey(key);
  return {
    key: { privateKey, publicKey: createPublicKey(privateKey) },
    certificate: Buffer.from(certificate, "base64"),
  };
};
