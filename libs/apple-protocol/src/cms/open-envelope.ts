import { constants, type KeyObject, privateDecrypt, randomBytes } from "node:crypto";
import { childrenOf, contextTag, type DerElement, expect, octetsOf, oidOf, readDer, TAG } from "../der/read-der.ts";
import { CIPHERS, type CipherName, decrypt } from "./ciphers.ts";
import { CmsError, readingCms } from "./cms-error.ts";
import { OID } from "./oids.ts";
import { digestIn } from "./rsa-parameters.ts";
import { isNamedBy } from "./verify-signed-data.ts";

export interface OpenOptions {
  readonly key: KeyObject;
  /** The recipient's certificate, DER: says which of the recipients it is. */
  readonly certificate: Buffer;
  /** Whether single DES is accepted, as clients from the age of SCEP's drafts use it. */
  readonly allowDes?: boolean;
}

export interface OpenedEnvelope {
  readonly content: Buffer;
  readonly cipher: CipherName;
}

const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
const RSA_OAEP = "1.2.840.113549.1.1.7";

/**
 * Opens an EnvelopedData (RFC 5652 §6) whose key was sent under RSA. A key that cannot be had and content that cannot be
 * decrypted are one and the same error, so that nobody learns from it which it was. Throws CmsError.
 */
export const openEnvelope = (der: Uint8Array, options: OpenOptions): OpenedEnvelope =>
  readingCms(() => open(der, options));

function open(der: Uint8Array, { allowDes = false, certificate, key }: OpenOptions): OpenedEnvelope {
  const [type, explicit] = childrenOf(expect(readDer(der), TAG.sequence, "the message"));
  if (oidOf(type) !== OID.envelopedData) throw new CmsError("malformed", "the message is not enveloped");
  const [enveloped] = childrenOf(expect(explicit, contextTag(0), "the envelope"));
  const fields = childrenOf(expect(enveloped, TAG.sequence, "the envelope"));
  const recipients = fields.find(({ tag }) => tag === TAG.set);
  const encrypted = childrenOf(
    expect(
      fields.find((field, index) => index > 1 && field.tag === TAG.sequence),
      TAG.sequence,
      "the content",
    ),
  );
  const [, algorithm, content] = encrypted;
  const [cipherId, iv] = childrenOf(expect(algorithm, TAG.sequence, "the cipher"));
  const cipher = CIPHERS[oidOf(cipherId)];
  if (cipher === undefined) throw new CmsError("unsupported", "the cipher is not known");
  if (cipher.name === "des" && !allowDes) throw new CmsError("unsupported", "single DES is not accepted");
  if (content === undefined) throw new CmsError("malformed", "there is no content");
  const wrapped = keyFor(expect(recipients, TAG.set, "the recipients"), certificate);
  const contentKey = unwrap(wrapped, key, cipher.keyBytes);
  try {
    const vector = expect(iv, TAG.octetString, "the initial vector").content;
    return { content: decrypt(cipher, contentKey, vector, octetsOf(content)), cipher: cipher.name };
  } catch {
    throw cannotOpen();
  }
}

const cannotOpen = () => new CmsError("cannot_open", "the envelope cannot be opened with this key");

interface WrappedKey {
  readonly bytes: Buffer;
  readonly padding: number;
  /** OAEP's digest, in the words of node:crypto. */
  readonly oaepHash?: string;
}

function keyFor(recipients: DerElement, certificate: Buffer): WrappedKey {
  for (const recipient of childrenOf(recipients)) {
    if (recipient.tag !== TAG.sequence) continue;
    const [, rid, algorithm, encryptedKey] = childrenOf(recipient);
    if (rid === undefined || !isNamedBy(recipientOf(rid), certificate)) continue;
    const bytes = octetsOf(expect(encryptedKey, TAG.octetString, "the key"));
    const [name, parameters] = childrenOf(expect(algorithm, TAG.sequence, "the key's algorithm"));
    if (oidOf(name) === RSA_ENCRYPTION) return { bytes, padding: constants.RSA_PKCS1_PADDING };
    const oaepHash = oidOf(name) === RSA_OAEP ? digestIn(parameters) : undefined;
    if (oaepHash === undefined) throw new CmsError("unsupported", "the key is not sent under RSA");
    return { bytes, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash };
  }
  throw new CmsError("cannot_open", "the envelope is for somebody else");
}

function recipientOf(rid: DerElement) {
  if (rid.tag === contextTag(0, false)) return { keyId: rid.content };
  const [issuer, serial] = childrenOf(rid);
  return {
    issuer: expect(issuer, TAG.sequence, "the recipient").whole,
    serial: expect(serial, TAG.integer, "the serial").content,
  };
}

/** OpenSSL answers a bad padding with a random key of its own; an answer of another length is replaced by one of ours. */
function unwrap({ bytes, ...padding }: WrappedKey, key: KeyObject, length: number): Buffer {
  const other = randomBytes(length);
  try {
    const opened = privateDecrypt({ key, ...padding }, bytes);
    return opened.length === length ? opened : other;
  } catch {
    return other;
  }
}
