import { constants, hash, timingSafeEqual, verify, X509Certificate } from "node:crypto";
import { childrenOf, contextTag, type DerElement, expect, octetsOf, oidOf, readDer, TAG } from "../der/read-der.ts";
import { readCertificate } from "../x509/read-certificate.ts";
import { CmsError, readingCms } from "./cms-error.ts";
import { DIGESTS, LONGEST_SIGNATURE, OID, RSA_PSS, SIGNATURE_KEYS } from "./oids.ts";

export interface VerifyOptions {
  /** What was signed, when it does not stand in the message; what does stand in it is then ignored. */
  readonly content?: Uint8Array;
  /** Makes certificates of their bytes; a cache of the caller's spares most of the work. */
  readonly certificateOf?: (der: Buffer) => X509Certificate;
}

export interface VerifiedData {
  readonly signer: X509Certificate;
  readonly signerDer: Buffer;
  readonly content: Buffer;
  /** The digest that was signed, in the words of node:crypto. */
  readonly digest: string;
  /** The signed attributes: by object identifier, the first value. */
  readonly signedAttributes: Attributes;
  /** All certificates in the message, the signer's among them. */
  readonly certificates: readonly Buffer[];
}

/**
 * Checks a SignedData (RFC 5652 §5) with exactly one signer, whose certificate stands in it. Whether the certificate is
 * to be trusted is the caller's to decide. Throws CmsError.
 */
export const verifySignedData = (der: Uint8Array, options: VerifyOptions = {}): VerifiedData =>
  readingCms(() => verifyData(der, options));

function verifyData(der: Uint8Array, { certificateOf = parse, content }: VerifyOptions): VerifiedData {
  const signed = readSignedData(der);
  const { signature, digest, attributes, keyType, pss, signerId } = readSigner(signed.signerInfos);
  const signerDer = signed.certificates.find((certificate) => isNamedBy(signerId, certificate));
  if (signerDer === undefined) throw new CmsError("no_signer", "the signer's certificate is not in the message");
  const signer = certificateOf(signerDer);
  if (signer.publicKey.asymmetricKeyType !== keyType)
    throw new CmsError("bad_signature", "the signature is of another kind than the signer's key");
  const body = content === undefined ? signed.content : asBuffer(content);
  if (body === undefined) throw new CmsError("malformed", "there is nothing that was signed");
  const signedAttributes = attributes === undefined ? new Map() : readAttributes(attributes);
  if (attributes !== undefined) checkAttributes(signedAttributes, signed.type, digest, body);
  else if (looksLikeAttributes(body))
    throw new CmsError("bad_signature", "the content is what another message's signature was made over");
  // What is signed are the attributes as the set that they are, not as the field they stand in (RFC 5652 §5.4).
  const text = attributes === undefined ? body : retagged(attributes);
  // With options a verification takes a third longer, so they are given only where they are needed.
  const key = pss ? { key: signer.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING } : signer.publicKey;
  if (!verify(digest, text, key, signature))
    throw new CmsError("bad_signature", "the signature does not fit what was signed");
  return { signer, signerDer, content: body, digest, signedAttributes, certificates: signed.certificates };
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const parse = (der: Buffer): X509Certificate => new X509Certificate(der);

interface SignedDataParts {
  /** What the content is said to be: an object identifier, DER. */
  readonly type: Buffer;
  readonly content: Buffer | undefined;
  readonly certificates: readonly Buffer[];
  readonly signerInfos: readonly DerElement[];
}

/** The parts of a SignedData; also one that has only certificates in it. */
export function readSignedData(der: Uint8Array): SignedDataParts {
  const [type, explicit] = childrenOf(expect(readDer(der), TAG.sequence, "the message"));
  if (oidOf(type) !== OID.signedData) throw new CmsError("malformed", "the message is not signed");
  const [signedData] = childrenOf(expect(explicit, contextTag(0), "the signed data"));
  const [, , encapsulated, ...rest] = childrenOf(expect(signedData, TAG.sequence, "the signed data"));
  const [eContentType, eContent] = childrenOf(expect(encapsulated, TAG.sequence, "the content"));
  const [octets] = eContent === undefined ? [] : childrenOf(expect(eContent, contextTag(0), "the content"));
  const certificates = rest.find(({ tag }) => tag === contextTag(0));
  return {
    type: expect(eContentType, TAG.oid, "the content's type").whole,
    content: octets === undefined ? undefined : octetsOf(octets),
    certificates: certificates === undefined ? [] : childrenOf(certificates).map(({ whole }) => whole),
    signerInfos: childrenOf(expect(rest.at(-1), TAG.set, "the signers")),
  };
}

interface SignerId {
  readonly serial?: Buffer;
  readonly issuer?: Buffer;
  readonly keyId?: Buffer;
}

function readSigner(signerInfos: readonly DerElement[]) {
  const [signerInfo, second] = signerInfos;
  if (signerInfo === undefined || second !== undefined)
    throw new CmsError("no_signer", "the message has to have one signer");
  const fields = childrenOf(expect(signerInfo, TAG.sequence, "the signer"));
  const [, sid, digestAlgorithm, next] = fields;
  const attributes = next?.tag === contextTag(0) ? next : undefined;
  const [signatureAlgorithm, signature] = fields.slice(attributes === undefined ? 3 : 4);
  const digest = DIGESTS[algorithmOf(digestAlgorithm)];
  const algorithm = algorithmOf(signatureAlgorithm);
  const keyType = SIGNATURE_KEYS[algorithm];
  if (digest === undefined || keyType === undefined)
    throw new CmsError("unsupported", "the message is signed with an algorithm that is not known");
  const bytes = octetsOf(expect(signature, TAG.octetString, "the signature"));
  if (bytes.length > LONGEST_SIGNATURE) throw new CmsError("unsupported", "the signer's key is too large");
  return {
    signerId: readSignerId(sid),
    digest,
    keyType,
    pss: algorithm === RSA_PSS,
    attributes,
    signature: bytes,
  };
}

const algorithmOf = (algorithm: DerElement | undefined): string =>
  oidOf(childrenOf(expect(algorithm, TAG.sequence, "an algorithm"))[0]);

function readSignerId(sid: DerElement | undefined): SignerId {
  if (sid?.tag === contextTag(0, false)) return { keyId: sid.content };
  const [issuer, serial] = childrenOf(expect(sid, TAG.sequence, "the signer's name"));
  if (issuer === undefined) throw new CmsError("malformed", "the signer has no name");
  return { issuer: issuer.whole, serial: expect(serial, TAG.integer, "the serial number").content };
}

/** Whether a certificate is the one that a signer or recipient is named by. */
export function isNamedBy({ issuer, keyId, serial }: SignerId, certificate: Buffer): boolean {
  const named = readCertificate(certificate);
  if (keyId !== undefined) return named.subjectKeyId?.equals(keyId) === true;
  return serial?.equals(named.serial) === true && issuer?.equals(named.issuer) === true;
}

type Attributes = ReadonlyMap<string, DerElement>;

function readAttributes(attributes: DerElement): Attributes {
  const values = new Map<string, DerElement>();
  for (const attribute of childrenOf(attributes)) {
    const [type, valueSet] = childrenOf(expect(attribute, TAG.sequence, "an attribute"));
    const name = oidOf(type);
    const [value] = childrenOf(expect(valueSet, TAG.set, "an attribute's values"));
    if (value === undefined || values.has(name))
      throw new CmsError("malformed", "an attribute has no value, or stands twice");
    values.set(name, value);
  }
  return values;
}

function checkAttributes(attributes: Attributes, type: Buffer, digest: string, body: Buffer): void {
  // RFC 5652 §11.1.
  if (attributes.get(OID.contentType)?.whole.equals(type) !== true)
    throw new CmsError("malformed", "the signed attributes name no content type, or another");
  const signed = octetsOf(expect(attributes.get(OID.messageDigest), TAG.octetString, "the digest of the content"));
  const actual = hash(digest, body, "buffer");
  if (signed.length !== actual.length || !timingSafeEqual(signed, actual))
    throw new CmsError("bad_signature", "the content is not what was signed");
}

/**
 * Whether a content without signed attributes is itself a set of them: then its signature was made for another message,
 * whose attributes somebody passes off as a content, and what it says is not what its signer meant.
 */
function looksLikeAttributes(content: Buffer): boolean {
  if (content[0] !== TAG.set) return false;
  try {
    return readAttributes(readDer(content)).has(OID.messageDigest);
  } catch {
    return false;
  }
}

function retagged({ whole }: DerElement): Buffer {
  const copy = Buffer.from(whole);
  copy[0] = TAG.set;
  return copy;
}
