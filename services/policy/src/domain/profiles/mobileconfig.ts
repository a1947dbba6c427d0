import { CmsError } from "@muster/apple-protocol/cms/cms-error";
import { verifySignedData } from "@muster/apple-protocol/cms/verify-signed-data";
import { PlistError } from "@muster/apple-protocol/plist/plist-error";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { isDict, type PlistDict } from "@muster/apple-protocol/plist/value";
import { writePlist } from "@muster/apple-protocol/plist/write-plist";

/** A mobileconfig as it was given. */
export interface Mobileconfig {
  readonly profile: PlistDict;
  /** The common name of who signed it; empty when nobody did. */
  readonly signer: string;
}

/** A device's answer to a larger one is a timeout more often than not; fonts and certificates fit in. */
const MAX_CONTENT_BYTES = 1024 * 1024;

/** Reads a mobileconfig: a property list in XML or Apple's binary form, signed or not. @returns why it cannot be read. */
export function readMobileconfig(content: Uint8Array): Mobileconfig | string {
  if (content.length === 0) return "content is empty: give a mobileconfig";
  if (content.length > MAX_CONTENT_BYTES)
    return `content has ${content.length} bytes, and may have ${MAX_CONTENT_BYTES}: keep fonts and pictures out of profiles`;
  try {
    const { bytes, signer } = unwrapped(content);
    const profile = readPlist(bytes);
    return isDict(profile) ? { profile, signer } : "content is a property list, but no dictionary";
  } catch (error) {
    if (error instanceof CmsError) return `the signature around content cannot be used: ${error.message}`;
    if (error instanceof PlistError) return `content is no property list: ${error.message}`;
    throw error;
  }
}

const SEQUENCE = 0x30;

function unwrapped(content: Uint8Array): { readonly bytes: Uint8Array; readonly signer: string } {
  // Neither form of a property list begins so.
  if (content[0] !== SEQUENCE) return { bytes: content, signer: "" };
  const { content: bytes, signer } = verifySignedData(content);
  const name = /^CN=(.+)$/m.exec(signer.subject)?.[1];
  return { bytes, signer: name ?? signer.subject.replaceAll("\n", ", ") };
}

/** The profile as XML; nothing when a text in it holds what XML cannot carry, as the binary form may. */
export function writeMobileconfig(profile: PlistDict): Buffer | undefined {
  try {
    return writePlist(profile);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
