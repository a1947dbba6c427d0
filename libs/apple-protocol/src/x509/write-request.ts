import { createPublicKey, type KeyObject, sign } from "node:crypto";
import { contextTag } from "../der/read-der.ts";
import { bitString, element, nothing, oid, printable, sequence, set, smallInteger } from "../der/write-der.ts";
import { type NamePart, writeName } from "./names.ts";

const SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
const CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7";

/** A PKCS#10 request (RFC 2986) for an RSA key, signed by it. */
export function writeCertificateRequest(key: KeyObject, subject: readonly NamePart[], challenge?: string): Buffer {
  const attributes = challenge === undefined ? [] : [sequence(oid(CHALLENGE_PASSWORD), set(printable(challenge)))];
  const info = sequence(
    smallInteger(0),
    writeName(subject),
    createPublicKey(key).export({ format: "der", type: "spki" }),
    element(contextTag(0), ...attributes),
  );
  return sequence(info, sequence(oid(SHA256_WITH_RSA), nothing), bitString(sign("sha256", info, key)));
}
