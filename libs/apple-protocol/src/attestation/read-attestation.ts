import { type KeyObject, X509Certificate } from "node:crypto";
import { decode } from "cborg";
import { readExtensions } from "../x509/read-certificate.ts";
import { AttestationError, lookingAtAttestation } from "./attestation-error.ts";

/** What Apple says, under its signature, of the device that holds a key. A fact that it leaves out is empty. */
export interface AttestedFacts {
  readonly serialNumber: string;
  /** On a Mac its provisioning UDID, which is not the hardware UUID that it enrolls with. */
  readonly udid: string;
  readonly osVersion: string;
  readonly sepOsVersion: string;
}

export interface Attestation {
  /** The key's own first, then each one's issuer. */
  readonly certificates: readonly X509Certificate[];
  /** The key that lives in the device's hardware. */
  readonly publicKey: KeyObject;
  readonly facts: AttestedFacts;
  /** What ties it to one question; nothing when Apple left it out. */
  readonly freshness: Buffer | undefined;
}

/** Below Apple's arc 1.2.840.113635.100.8. */
const OID = {
  serialNumber: "1.2.840.113635.100.8.9.1",
  udid: "1.2.840.113635.100.8.9.2",
  osVersion: "1.2.840.113635.100.8.10.1",
  sepOsVersion: "1.2.840.113635.100.8.10.2",
  freshness: "1.2.840.113635.100.8.11.1",
} as const;

const LONGEST_ATTESTATION = 32 * 1024;
const LONGEST_CERTIFICATE = 8 * 1024;
const LONGEST_CHAIN = 5;
const LONGEST_TEXT = 64;

/**
 * Reads an attestation object as Apple's devices write it (WebAuthn §6.5.4, format `apple`): CBOR with a chain of
 * certificates. Whether the chain is Apple's is another question. Throws AttestationError.
 */
export const readAttestation = (bytes: Uint8Array): Attestation => lookingAtAttestation(() => attestationIn(bytes));

function attestationIn(bytes: Uint8Array): Attestation {
  if (bytes.length > LONGEST_ATTESTATION) throw new AttestationError("the attestation is too large");
  const certificates = chainIn(bytes);
  const [leaf] = certificates;
  if (leaf === undefined) throw new AttestationError("the attestation has no certificate");
  const extensions = readExtensions(leaf.raw);
  const text = (name: Exclude<keyof typeof OID, "freshness">) => textIn(extensions.get(OID[name]));
  return {
    certificates,
    publicKey: leaf.publicKey,
    facts: {
      serialNumber: text("serialNumber"),
      udid: text("udid"),
      osVersion: text("osVersion"),
      sepOsVersion: text("sepOsVersion"),
    },
    freshness: extensions.get(OID.freshness),
  };
}

function chainIn(bytes: Uint8Array): X509Certificate[] {
  const options = { useMaps: true, strict: true, allowIndefinite: false, rejectDuplicateMapKeys: true };
  const object: unknown = decode(bytes, options);
  if (!(object instanceof Map) || object.get("fmt") !== "apple")
    throw new AttestationError("the attestation is not of Apple's format");
  const statement: unknown = object.get("attStmt");
  const chain: unknown = statement instanceof Map ? statement.get("x5c") : undefined;
  if (!Array.isArray(chain) || chain.length > LONGEST_CHAIN)
    throw new AttestationError("the attestation's chain of certificates is missing or too long");
  return chain.map((der: unknown) => {
    if (!(der instanceof Uint8Array) || der.length > LONGEST_CERTIFICATE)
      throw new AttestationError("a certificate of the attestation is missing or too large");
    return new X509Certificate(der);
  });
}

/** The value of an extension of Apple's is the text itself, in no other element. */
function textIn(value: Buffer | undefined): string {
  if (value === undefined) return "";
  const text = value.toString("latin1");
  if (text.length > LONGEST_TEXT || /[^\x20-\x7e]/.test(text))
    throw new AttestationError("the attestation holds a fact that is no text");
  return text;
}
