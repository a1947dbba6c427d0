import type { WritableDict } from "../plist/write-plist.ts";
import { type PayloadHead, payload } from "./payload.ts";

/** Parts of a name in their order, such as `["O", "Acme"]`; a Mac fills in `%SerialNumber%` and its like. */
export type Subject = readonly (readonly [attribute: string, value: string])[];

export interface SubjectAltName {
  readonly rfc822Name?: string | readonly string[];
  readonly dNSName?: string | readonly string[];
  readonly uniformResourceIdentifier?: string | readonly string[];
  readonly ntPrincipalName?: string | readonly string[];
}

const SIGN_AND_ENCRYPT = 1 | 4;

export interface ScepPayload extends PayloadHead {
  readonly url: string;
  /** The authority, where one address has several. */
  readonly caName?: string;
  readonly subject: Subject;
  readonly subjectAltName?: SubjectAltName;
  readonly challenge?: string;
  /** In bits, of an RSA key. Apple's devices would take 1024 when it is not said, so it always is. */
  readonly keySize?: 2048 | 4096;
  /** A digest of the authority's certificate, SHA-256 or an older one: the device takes no other. */
  readonly caFingerprint?: Uint8Array;
  /** How often the device asks again when it is told to wait, and after how long. */
  readonly retries?: number;
  readonly retryDelaySeconds?: number;
  /** On a Mac: whether any application may use the key. */
  readonly isOpenToAllApps?: boolean;
}

/** Has a device get its certificate by SCEP (com.apple.security.scep). The key never leaves the device. */
export const scepPayload = (scep: ScepPayload): WritableDict =>
  payload("com.apple.security.scep", scep, {
    PayloadContent: {
      URL: scep.url,
      Name: scep.caName,
      Subject: subjectOf(scep.subject),
      SubjectAltName: altNameOf(scep.subjectAltName),
      Challenge: scep.challenge,
      Keysize: scep.keySize ?? 2048,
      "Key Type": "RSA",
      "Key Usage": SIGN_AND_ENCRYPT,
      CAFingerprint: scep.caFingerprint,
      Retries: scep.retries,
      RetryDelay: scep.retryDelaySeconds,
      KeyIsExtractable: false,
      AllowAllAppsAccess: scep.isOpenToAllApps,
    },
  });

/** A key that ACME certifies. Only a key on an elliptic curve can live in the device's hardware, and be attested. */
export type AcmeKey =
  | { readonly type: "RSA"; readonly bits: 2048 | 4096 }
  | { readonly type: "ECSECPrimeRandom"; readonly bits: 256 | 384 | 521 }
  | { readonly type: "hardware"; readonly bits: 256 | 384; readonly isAttested: boolean };

export interface AcmePayload extends PayloadHead {
  readonly directoryUrl: string;
  /** Tells the server who asks; it may be used once. */
  readonly clientIdentifier: string;
  readonly key: AcmeKey;
  readonly subject: Subject;
  readonly subjectAltName?: SubjectAltName;
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
}

/** Has a device get its certificate by ACME (com.apple.security.acme), with proof of what device it is if asked. */
export const acmePayload = (acme: AcmePayload): WritableDict =>
  payload("com.apple.security.acme", acme, {
    DirectoryURL: acme.directoryUrl,
    ClientIdentifier: acme.clientIdentifier,
    KeySize: acme.key.bits,
    KeyType: acme.key.type === "hardware" ? "ECSECPrimeRandom" : acme.key.type,
    HardwareBound: acme.key.type === "hardware",
    Attest: acme.key.type === "hardware" && acme.key.isAttested,
    Subject: subjectOf(acme.subject),
    SubjectAltName: altNameOf(acme.subjectAltName),
    UsageFlags: SIGN_AND_ENCRYPT,
    ExtendedKeyUsage: acme.extendedKeyUsage,
  });

/** Has a device trust a certificate authority (com.apple.security.root), or know a certificate to pin. */
export const certificatePayload = (head: PayloadHead, certificate: Uint8Array): WritableDict =>
  payload("com.apple.security.root", head, { PayloadContent: certificate });

/** A list of sets of pairs, of which each set here has one. */
const subjectOf = (subject: Subject): readonly (readonly (readonly string[])[])[] => subject.map((part) => [part]);

const altNameOf = (names: SubjectAltName | undefined): WritableDict | undefined =>
  names === undefined ? undefined : { ...names };
