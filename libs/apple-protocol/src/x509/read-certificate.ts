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

/** Reads those parts of a certificate. Throws DerError, and so does a look at an extension that cannot be read. */
export function readCertificate(der: Buffer): CertificateFields {
  const [tbs] = childrenOf(readDer(der));
  const fields = childrenOf(expect(tbs, TAG.sequence, "the certificate"));
  const [serial, , issuer, , subject, publicKey] = fields.slice(fields[0]?.tag === contextTag(0) ? 1 : 0);
  return {
    serial: expect(serial, TAG.integer, "the serial number").content,
    issuer: expect(issuer, TAG.sequence, "the issuer").whole,
    subject: expect(subject, TAG.sequence, "the subject").whole,
    publicKey: expect(publicKey, TAG.sequence, "the public key").whole,
    // Most signers are named without it, and to find it costs as much as all else together.
    get subjectKeyId() {
      return subjectKeyIdIn(fields);
    },
  };
}

const SUBJECT_KEY_ID = "2.5.29.14";

function subjectKeyIdIn(fields: readonly DerElement[]): Buffer | undefined {
  const value = extensionsIn(fields).get(SUBJECT_KEY_ID);
  return value === undefined ? undefined : readDer(value).content;
}

/** The values of a certificate's extensions by their object identifiers, as they stand in it. Throws DerError. */
export function readExtensions(der: Buffer): ReadonlyMap<string, Buffer> {
  const [tbs] = childrenOf(readDer(der));
  return extensionsIn(childrenOf(expect(tbs, TAG.sequence, "the certificate")));
}

function extensionsIn(fields: readonly DerElement[]): ReadonlyMap<string, Buffer> {
  const explicit = fields.find(({ tag }) => tag === contextTag(3));
  const [extensions] = explicit === undefined ? [] : childrenOf(explicit);
  const found = new Map<string, Buffer>();
  for (const extension of extensions === undefined ? [] : childrenOf(extensions)) {
    const parts = childrenOf(extension);
    const [id, value] = [oidOf(parts[0]), parts.at(-1)];
    // The first counts, as RFC 5280 §4.2 allows for one only.
    if (value !== undefined && !found.has(id)) found.set(id, value.content);
  }
  return found;
}
