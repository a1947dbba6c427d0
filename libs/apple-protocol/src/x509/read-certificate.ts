import { childrenOf, contextTag, type DerElement, expect, oidOf, readDer, TAG } from "../der/read-der.ts";

/** The parts of a certificate that messages name it by and that its successors repeat, each as it stands there. */
export interface CertificateFields {
  /** The serial number's bytes. */
  readonly serial: Buffer;
  /** DER of the names and of the key. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: Buffer;
  /** The bytes of the extension subjectKeyIdentifier, if there is one (RFC 5280 §4.2.1.2). */
  readonly subjectKeyId: Buffer | undefined;
}

/** Reads those parts of a certificate. Throws DerError. */
export function readCertificate(der: Buffer): CertificateFields {
  const [tbs] = childrenOf(readDer(der));
  const fields = childrenOf(expect(tbs, TAG.sequence, "the certificate"));
  const [serial, , issuer, , subject, publicKey] = fields.slice(fields[0]?.tag === contextTag(0) ? 1 : 0);
  return {
    serial: expect(serial, TAG.integer, "the serial number").content,
    issuer: expect(issuer, TAG.sequence, "the issuer").whole,
    subject: expect(subject, TAG.sequence, "the subject").whole,
    publicKey: expect(publicKey, TAG.sequence, "the public key").whole,
    subjectKeyId: subjectKeyIdIn(fields),
  };
}

const SUBJECT_KEY_ID = "2.5.29.14";

function subjectKeyIdIn(fields: readonly DerElement[]): Buffer | undefined {
  const explicit = fields.find(({ tag }) => tag === contextTag(3));
  const [extensions] = explicit === undefined ? [] : childrenOf(explicit);
  for (const extension of extensions === undefined ? [] : childrenOf(extensions)) {
    const parts = childrenOf(extension);
    const value = parts.at(-1);
    if (oidOf(parts[0]) === SUBJECT_KEY_ID && value !== undefined) return readDer(value.content).content;
  }
  return undefined;
}
