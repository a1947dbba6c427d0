import type { JsonGeneralName } from "@peculiar/x509";
import type { AcmeRequest } from "../acme/acme-client.ts";
import type { DistinguishedName } from "../crypto/certificate.ts";
import type { AppleHardware } from "../hardware/apple-hardware.ts";
import { dataOf, listOf, type Plist, type PlistValue, plistOf, textOf, textsOf } from "../plist/plist-value.ts";
import type { ConfigurationProfile } from "../profile/configuration-profile.ts";
import type { ScepRequest } from "../scep/scep-client.ts";

/** All rights there are. */
export const ALL_RIGHTS = 8191;

/** The payload `com.apple.mdm`. */
export interface MdmPayload {
  readonly topic: string;
  readonly serverUrl: string;
  readonly checkInUrl: string;
  readonly signMessage: boolean;
  readonly accessRights: number;
  readonly serverCapabilities: ReadonlySet<string>;
  readonly checkOutWhenRemoved: boolean;
  readonly enrollmentMode: "BYOD" | "ADDE" | undefined;
  readonly assignedManagedAppleId: string | undefined;
}

export interface EnrollmentProfile {
  readonly profile: ConfigurationProfile;
  readonly mdm: MdmPayload;
  /** The payload that gets the device its certificate: com.apple.security.scep or com.apple.security.acme. */
  readonly identity: Plist;
}

/** Whether a payload gets a certificate in a way that the device knows. */
export const bringsIdentity = (payload: Plist): boolean =>
  payload["PayloadType"] === "com.apple.security.scep" || payload["PayloadType"] === "com.apple.security.acme";

const secure = (value: PlistValue | undefined, key: string): string => {
  const url = textOf(value);
  if (url === undefined || !url.startsWith("https://")) throw new Error(`${key} is not an https address`);
  return url;
};

const readMdm = (payload: Plist): MdmPayload => {
  const topic = textOf(payload["Topic"]);
  if (topic === undefined || !topic.startsWith("com.apple.mgmt.")) throw new Error("Topic is not of com.apple.mgmt");
  const rights = payload["AccessRights"];
  if (typeof rights === "number") {
    if (rights < 1 || rights > ALL_RIGHTS) throw new Error("AccessRights are none that exist");
    if ((rights & 2) !== 0 && (rights & 1) === 0) throw new Error("installing profiles needs inspecting them");
    if ((rights & 128) !== 0 && (rights & 64) === 0) throw new Error("AccessRights 128 needs 64");
  }
  const mode = textOf(payload["EnrollmentMode"]);
  if (mode !== undefined && mode !== "BYOD" && mode !== "ADDE") throw new Error(`EnrollmentMode ${mode} is unknown`);
  const serverUrl = secure(payload["ServerURL"], "ServerURL");
  return {
    topic,
    serverUrl,
    checkInUrl: payload["CheckInURL"] === undefined ? serverUrl : secure(payload["CheckInURL"], "CheckInURL"),
    signMessage: payload["SignMessage"] === true,
    accessRights: typeof rights === "number" ? rights : ALL_RIGHTS,
    serverCapabilities: new Set(textsOf(payload["ServerCapabilities"])),
    checkOutWhenRemoved: payload["CheckOutWhenRemoved"] === true,
    enrollmentMode: mode,
    assignedManagedAppleId: textOf(payload["AssignedManagedAppleID"]),
  };
};

/** @throws when the profile does not enroll: no com.apple.mdm, or its identity is no SCEP or ACME payload of this profile. */
export const readEnrollmentProfile = (profile: ConfigurationProfile): EnrollmentProfile => {
  const [mdm, second] = profile.payloads.filter((payload) => payload["PayloadType"] === "com.apple.mdm");
  if (mdm === undefined || second !== undefined) throw new Error("an enrollment profile has one com.apple.mdm payload");
  const identity = profile.payloads.find((payload) => payload["PayloadUUID"] === mdm["IdentityCertificateUUID"]);
  if (identity === undefined || !bringsIdentity(identity))
    throw new Error("IdentityCertificateUUID names no SCEP or ACME payload of this profile");
  return { profile, mdm: readMdm(mdm), identity };
};

const MACROS: Readonly<Record<string, (hardware: AppleHardware) => string | undefined>> = {
  "%SerialNumber%": ({ serial }) => serial,
  "%HardwareUUID%": ({ udid }) => udid,
  "%ComputerName%": ({ person }) => `${person.fullName}'s Mac`,
  "%MACAddress%": ({ ethernetMac }) => ethernetMac,
};

const fill = (text: string, hardware: AppleHardware): string =>
  hardware.kind === "Mac" ? text.replace(/%[A-Za-z]+%/g, (macro) => MACROS[macro]?.(hardware) ?? macro) : text;

const subjectOf = (value: PlistValue | undefined, hardware: AppleHardware): DistinguishedName =>
  listOf(value).map((part) => {
    const [oid = "", text = ""] = textsOf(listOf(part)[0]);
    return { [oid]: [fill(text, hardware)] };
  });

const NAME_TYPES = [
  ["rfc822Name", "email"],
  ["dNSName", "dns"],
  ["uniformResourceIdentifier", "url"],
  ["ntPrincipalName", "upn"],
] as const;

const namesOf = (names: Plist, hardware: AppleHardware): JsonGeneralName[] =>
  NAME_TYPES.flatMap(([key, type]) => {
    const value = names[key];
    const all = typeof value === "string" ? [value] : textsOf(value);
    return all.map((text) => ({ type, value: fill(text, hardware) }));
  });

/** What the SCEP payload makes the device ask for; the key is still to be made. */
export const scepRequestOf = (payload: Plist, hardware: AppleHardware): Omit<ScepRequest, "key"> & { bits: number } => {
  const inner = plistOf(payload["PayloadContent"]);
  const url = textOf(inner["URL"]);
  if (url === undefined) throw new Error("the SCEP payload has no URL");
  return {
    url,
    name: textOf(inner["Name"]),
    subject: namedOr(subjectOf(inner["Subject"], hardware)),
    names: namesOf(plistOf(inner["SubjectAltName"]), hardware),
    challenge: textOf(inner["Challenge"]),
    usage: typeof inner["Key Usage"] === "number" ? inner["Key Usage"] : 5,
    caFingerprint: dataOf(inner["CAFingerprint"]),
    bits: typeof inner["Keysize"] === "number" ? inner["Keysize"] : 1024,
  };
};

/** A request needs some name. */
const namedOr = (subject: DistinguishedName): DistinguishedName => (subject.length === 0 ? [{ CN: ["MDM"] }] : subject);

/** What the ACME payload makes the device ask for. */
export interface AcmeWish {
  readonly request: Omit<AcmeRequest, "key" | "attest">;
  /** Nothing for a key that lives in the device's hardware. */
  readonly rsaBits: number | undefined;
  readonly attested: boolean;
}

/** @throws when the payload wants what devices refuse. */
export const acmeWishOf = (payload: Plist, hardware: AppleHardware): AcmeWish => {
  const clientIdentifier = textOf(payload["ClientIdentifier"]);
  const { KeySize: bits, UsageFlags: usage } = payload;
  const [bound, attested] = [payload["HardwareBound"] === true, payload["Attest"] === true];
  if (clientIdentifier === undefined) throw new Error("the ACME payload has no ClientIdentifier");
  if (attested && !bound) throw new Error("only a key in hardware can be attested");
  const onCurve = textOf(payload["KeyType"]) === "ECSECPrimeRandom";
  if (bound && (!onCurve || (bits !== 256 && bits !== 384)))
    throw new Error("a key in hardware is on a curve of 256 or 384 bits");
  return {
    request: {
      directoryUrl: secure(payload["DirectoryURL"], "DirectoryURL"),
      clientIdentifier,
      subject: namedOr(subjectOf(payload["Subject"], hardware)),
      names: namesOf(plistOf(payload["SubjectAltName"]), hardware),
      usage: typeof usage === "number" ? usage : 5,
    },
    rsaBits: onCurve || typeof bits !== "number" ? undefined : bits,
    attested,
  };
};
