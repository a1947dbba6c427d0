import { createHash, sign, timingSafeEqual, verify, X509Certificate } from "node:crypto";
import {
  Attribute,
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  ContentInfo,
  DigestAlgorithmIdentifier,
  DigestAlgorithmIdentifiers,
  EncapsulatedContent,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  id_data,
  id_signedData,
  SignatureAlgorithmIdentifier,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
} from "@peculiar/asn1-cms";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Certificate, Time } from "@peculiar/asn1-x509";
import type { Identity } from "./certificate.ts";

export type DigestName = "sha1" | "sha256" | "sha384" | "sha512";

const DIGESTS: Readonly<Record<string, DigestName>> = {
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};
const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
const ECDSA_WITH: Readonly<Record<DigestName, string>> = {
  sha1: "1.2.840.10045.4.1",
  sha256: "1.2.840.10045.4.3.2",
  sha384: "1.2.840.10045.4.3.3",
  sha512: "1.2.840.10045.4.3.4",
};
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_TIME = "1.2.840.113549.1.9.5";
const NULL = Buffer.from([5, 0]);

export const digestOid = (name: DigestName): string =>
  Object.keys(DIGESTS).find((oid) => DIGESTS[oid] === name) ?? name;

/** An attribute by its OID, and its value in DER. */
export type SignedAttribute = readonly [oid: string, value: Uint8Array];

export interface SignRequest {
  readonly content: Buffer;
  readonly by: Identity;
  readonly at: Date;
  /** Certificates beside the signer's own. */
  readonly chain?: readonly Buffer[];
  readonly attributes?: readonly SignedAttribute[];
  /** Leaves the content out, as for Mdm-Signature. */
  readonly detached?: boolean;
  readonly digest?: DigestName;
}

const exact = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

/** DER wants the members of a SET in the order of their encodings. */
const inOrder = (
  attributes: readonly SignedAttribute[],
): { readonly attributes: Attribute[]; readonly raw: Buffer } => {
  const made = attributes.map(([attrType, value]) => new Attribute({ attrType, attrValues: [exact(value)] }));
  const encoded = made.map((attribute) => [Buffer.from(AsnConvert.serialize(attribute)), attribute] as const);
  encoded.sort(([a], [b]) => Buffer.compare(a, b));
  const body = Buffer.concat(encoded.map(([bytes]) => bytes));
  const raw = Buffer.from(AsnConvert.serialize(new OctetString(body)));
  // An OCTET STRING's head is a SET's but for the tag.
  raw[0] = 0x31;
  return { attributes: encoded.map(([, attribute]) => attribute), raw };
};

/** RFC 5754 §3. */
const signatureAlgorithm = ({ key }: Identity, digest: DigestName): SignatureAlgorithmIdentifier =>
  key.privateKey.asymmetricKeyType === "rsa"
    ? new SignatureAlgorithmIdentifier({ algorithm: RSA_ENCRYPTION, parameters: exact(NULL) })
    : new SignatureAlgorithmIdentifier({ algorithm: ECDSA_WITH[digest] });

export interface Signature {
  /** The DER SET that was signed. */
  readonly signedAttributes: Buffer;
  readonly signature: Buffer;
  /** The whole ContentInfo, DER. */
  readonly message: Buffer;
}

/** CMS SignedData with one signer (RFC 5652 §5). */
export const signedDataOf = (request: SignRequest): Signature => {
  const { content, by, at, chain = [], attributes: more = [], detached = false, digest = "sha256" } = request;
  const signer = AsnConvert.parse(by.certificate, Certificate);
  const digestAlgorithm = new DigestAlgorithmIdentifier({ algorithm: digestOid(digest), parameters: exact(NULL) });
  const { attributes, raw } = inOrder([
    [CONTENT_TYPE, Buffer.from("06092a864886f70d010701", "hex")],
    [SIGNING_TIME, new Uint8Array(AsnConvert.serialize(new Time({ utcTime: at })))],
    [
      MESSAGE_DIGEST,
      new Uint8Array(AsnConvert.serialize(new OctetString(createHash(digest).update(content).digest()))),
    ],
    ...more,
  ]);
  const signature = sign(digest, raw, by.key.privateKey);
  const signed = new SignedData({
    version: CMSVersion.v1,
    digestAlgorithms: new DigestAlgorithmIdentifiers([digestAlgorithm]),
    encapContentInfo: new EncapsulatedContentInfo({
      eContentType: id_data,
      ...(detached ? {} : { eContent: new EncapsulatedContent({ single: new OctetString(content) }) }),
    }),
    certificates: new CertificateSet(
      [by.certificate, ...chain].map(
        (der) => new CertificateChoices({ certificate: AsnConvert.parse(der, Certificate) }),
      ),
    ),
    signerInfos: new SignerInfos([
      new SignerInfo({
        version: CMSVersion.v1,
        sid: new SignerIdentifier({
          issuerAndSerialNumber: new IssuerAndSerialNumber({
            issuer: signer.tbsCertificate.issuer,
            serialNumber: signer.tbsCertificate.serialNumber,
          }),
        }),
        digestAlgorithm,
        signedAttrs: attributes,
        signatureAlgorithm: signatureAlgorithm(by, digest),
        signature: new OctetString(signature),
      }),
    ]),
  });
  const message = AsnConvert.serialize(
    new ContentInfo({ contentType: id_signedData, content: AsnConvert.serialize(signed) }),
  );
  return { signedAttributes: raw, signature, message: Buffer.from(message) };
};

export interface OpenedSignedData {
  readonly content: Buffer;
  /** DER of the certificate whose key signed; undefined when nobody signed (a bag of certificates). */
  readonly signer: Buffer | undefined;
  readonly certificates: readonly Buffer[];
  /** DER of the values of the signed attributes, by OID. */
  readonly attributes: ReadonlyMap<string, Buffer>;
}

const sameNumber = (one: ArrayBuffer, other: ArrayBuffer): boolean =>
  BigInt(`0x0${Buffer.from(one).toString("hex")}`) === BigInt(`0x0${Buffer.from(other).toString("hex")}`);

const signerOf = (info: SignerInfo, certificates: readonly Buffer[]): Buffer => {
  const wanted = info.sid.issuerAndSerialNumber;
  const found = certificates.find((der) => {
    const { tbsCertificate } = AsnConvert.parse(der, Certificate);
    return (
      wanted !== undefined &&
      sameNumber(tbsCertificate.serialNumber, wanted.serialNumber) &&
      Buffer.from(AsnConvert.serialize(tbsCertificate.issuer)).equals(Buffer.from(AsnConvert.serialize(wanted.issuer)))
    );
  });
  if (found === undefined) throw new Error("the signer's certificate is not in the message");
  return found;
};

const check = (info: SignerInfo, signer: Buffer, content: Buffer): void => {
  const digest = DIGESTS[info.digestAlgorithm.algorithm];
  if (digest === undefined) throw new Error(`digest ${info.digestAlgorithm.algorithm} is not known`);
  const { publicKey } = new X509Certificate(signer);
  const signature = Buffer.from(info.signature.buffer);
  if (info.signedAttrs === undefined) {
    if (!verify(digest, content, publicKey, signature)) throw new Error("the signature is wrong");
    return;
  }
  const stated = info.signedAttrs.find(({ attrType }) => attrType === MESSAGE_DIGEST)?.attrValues[0];
  const claimed = stated === undefined ? Buffer.alloc(0) : Buffer.from(AsnConvert.parse(stated, OctetString).buffer);
  const actual = createHash(digest).update(content).digest();
  if (claimed.length !== actual.length || !timingSafeEqual(claimed, actual))
    throw new Error("the content is not what was signed");
  const { raw } = inOrder(
    info.signedAttrs.map(({ attrType, attrValues: [value] }) => [
      attrType,
      new Uint8Array(value ?? new ArrayBuffer(0)),
    ]),
  );
  if (!verify(digest, raw, publicKey, signature)) throw new Error("the signature is wrong");
};

/** Whether the bytes begin as a DER SEQUENCE does, which no property list in XML can. */
export const looksSigned = (bytes: Buffer): boolean => bytes[0] === 0x30;

/** Reads SignedData and checks its signature, over `detached` when the message holds no content. @throws if it is wrong. */
export const openSignedData = (message: Buffer, detached?: Buffer): OpenedSignedData => {
  const outer = AsnConvert.parse(message, ContentInfo);
  if (outer.contentType !== id_signedData) throw new Error(`not SignedData but ${outer.contentType}`);
  const signed = AsnConvert.parse(outer.content, SignedData);
  const inner = signed.encapContentInfo.eContent;
  const content = detached ?? Buffer.from(inner?.single?.buffer ?? inner?.any ?? new ArrayBuffer(0));
  const certificates = [...(signed.certificates ?? [])].flatMap(({ certificate }) =>
    certificate === undefined ? [] : [Buffer.from(AsnConvert.serialize(certificate))],
  );
  const [info] = signed.signerInfos;
  if (info === undefined) return { content, signer: undefined, certificates, attributes: new Map() };
  const signer = signerOf(info, certificates);
  check(info, signer, content);
  const attributes = new Map(
    (info.signedAttrs ?? []).map(({ attrType, attrValues: [value] }) => [
      attrType,
      Buffer.from(value ?? new ArrayBuffer(0)),
    ]),
  );
  return { content, signer, certificates, attributes };
};
