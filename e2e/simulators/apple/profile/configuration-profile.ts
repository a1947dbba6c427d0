import { looksSigned, openSignedData } from "../crypto/signed-data.ts";
import { isPlist, listOf, type Plist, plistOf, textOf } from "../plist/plist-value.ts";
import { readPlist } from "../plist/read-plist.ts";

export interface ConfigurationProfile {
  readonly identifier: string;
  readonly uuid: string;
  readonly configuration: Plist;
  readonly payloads: readonly Plist[];
  /** DER of who signed it; undefined for a plain one. */
  readonly signer: Buffer | undefined;
}

/** The property list in a file that may be CMS-signed. @throws when a signature is wrong. */
export const readSignedPlist = (bytes: Buffer): { readonly value: Plist; readonly signer: Buffer | undefined } => {
  const opened = looksSigned(bytes) ? openSignedData(bytes) : { content: bytes, signer: undefined };
  const value = readPlist(opened.content);
  if (!isPlist(value)) throw new Error("not a dictionary");
  return { value, signer: opened.signer };
};

const needed = (value: Plist, key: string): string => {
  const text = textOf(value[key]);
  if (text === undefined || text === "") throw new Error(`${key} is missing`);
  return text;
};

/** Reads a .mobileconfig. @throws when it is not installable: no identifier, a payload without type or UUID, … */
export const readConfigurationProfile = (bytes: Buffer): ConfigurationProfile => {
  const { value, signer } = readSignedPlist(bytes);
  if (value["PayloadType"] !== "Configuration") throw new Error("PayloadType is not Configuration");
  if (value["PayloadVersion"] !== 1) throw new Error("PayloadVersion is not 1");
  const payloads = listOf(value["PayloadContent"]).map(plistOf);
  const uuids = new Set<string>();
  for (const payload of payloads) {
    for (const key of ["PayloadType", "PayloadIdentifier"]) needed(payload, key);
    const uuid = needed(payload, "PayloadUUID");
    if (uuids.has(uuid)) throw new Error(`two payloads have the UUID ${uuid}`);
    uuids.add(uuid);
  }
  return {
    identifier: needed(value, "PayloadIdentifier"),
    uuid: needed(value, "PayloadUUID"),
    configuration: value,
    payloads,
    signer,
  };
};
