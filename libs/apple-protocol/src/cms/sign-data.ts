import { createHash, type KeyObject, sign } from "node:crypto";
import { contextTag, TAG } from "../der/read-der.ts";
import { element, nothing, octetString, oid, sequence, set, smallInteger, time } from "../der/write-der.ts";
import { readCertificate } from "../x509/read-certificate.ts";
import { OID } from "./oids.ts";

export interface SignOptions {
  /** Without it, a message that has nothing but its attributes. */
  readonly content: Uint8Array | undefined;
  /** Whether the content is left out, since the receiver has it. */
  readonly detached?: boolean;
  /** The signer's certificate, DER. */
  readonly certificate: Buffer;
  readonly key: KeyObject;
  /** Certificates that stand beside the signer's. */
  readonly chain?: readonly Buffer[];
  readonly signingTime: Date;
  /** More attributes that are signed: each the object identifier and its one value, DER. */
  readonly attributes?: readonly (readonly [string, Buffer])[];
}

const sha256 = sequence(oid(OID.sha256), nothing);

/** A SignedData (RFC 5652 §5) over SHA-256, with its signer's certificate. */
export function signData(options: SignOptions): Buffer {
  const { certificate, chain = [], content = Buffer.alloc(0), detached = options.content === undefined, key } = options;
  const attributes = [
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.signingTime, time(options.signingTime)),
    attribute(OID.messageDigest, octetString(createHash("sha256").update(content).digest())),
    ...(options.attributes ?? []).map(([type, value]) => attribute(type, value)),
  ];
  const signed = set(...attributes);
  const field = Buffer.from(signed);
  field[0] = contextTag(0);
  // RSA is named by the key alone: clients refuse names that speak of a digest as well (strongSwan does).
  const algorithm =
    key.asymmetricKeyType === "rsa" ? sequence(oid(OID.rsaEncryption), nothing) : sequence(oid(OID.ecdsaWithSha256));
  const signature = octetString(sign("sha256", signed, key));
  const signerInfo = sequence(smallInteger(1), issuerAndSerial(certificate), sha256, field, algorithm, signature);
  const encapsulated = detached
    ? sequence(oid(OID.data))
    : sequence(oid(OID.data), element(contextTag(0), octetString(content)));
  return signedData(set(sha256), encapsulated, [certificate, ...chain], set(signerInfo));
}

/** A SignedData that signs nothing and only carries certificates. */
export const degenerate = (certificates: readonly Buffer[]): Buffer =>
  signedData(set(), sequence(oid(OID.data)), certificates, set());

const signedData = (digests: Buffer, content: Buffer, certificates: readonly Buffer[], signers: Buffer): Buffer =>
  sequence(
    oid(OID.signedData),
    element(
      contextTag(0),
      sequence(smallInteger(1), digests, content, element(contextTag(0), ...certificates), signers),
    ),
  );

const attribute = (type: string, value: Buffer): Buffer => sequence(oid(type), set(value));

/** A certificate by its issuer's name and its serial number. */
export function issuerAndSerial(certificate: Buffer): Buffer {
  const { issuer, serial } = readCertificate(certificate);
  return sequence(issuer, element(TAG.integer, serial));
}
