// oxlint-disable-next-line import/no-unassigned-import -- x509 finds its parts through the metadata this adds to the globals
import "reflect-metadata";
import { createHash, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { id_ce_keyUsage, KeyUsage, KeyUsageFlags } from "@peculiar/asn1-x509";
import * as x509 from "@peculiar/x509";
import { type KeyPair, signingWith, webKey } from "./key-pair.ts";

/** A distinguished name, most significant part first: `[{ O: ["Acme"] }, { CN: ["x"] }]`. */
export type DistinguishedName = x509.JsonName;

/** A key and the certificate that says whose it is. */
export interface Identity {
  readonly key: KeyPair;
  /** DER. */
  readonly certificate: Buffer;
}

export interface CertificateRequest {
  readonly subject: DistinguishedName;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly authority?: boolean;
  readonly uri?: string;
  readonly clientAuth?: boolean;
  /** Extensions whose values are these bytes as they are, by their object identifiers. */
  readonly facts?: readonly Fact[];
}

export type Fact = readonly [oid: string, value: Buffer];

const AUTHORITY_USAGE = KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature;
const DEVICE_USAGE = KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;

/** The critical extension keyUsage, from the sum of its flags. */
export const keyUsage = (flags: number): x509.Extension =>
  new x509.Extension(id_ce_keyUsage, true, AsnConvert.serialize(new KeyUsage(flags)));

const factExtension = ([oid, value]: Fact): x509.Extension => new x509.Extension(oid, false, new Uint8Array(value));

const extensionsOf = ({ authority = false, uri, clientAuth = false }: CertificateRequest): x509.Extension[] => [
  new x509.BasicConstraintsExtension(authority, undefined, true),
  keyUsage(authority ? AUTHORITY_USAGE : DEVICE_USAGE),
  ...(clientAuth ? [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])] : []),
  ...(uri === undefined ? [] : [new x509.SubjectAlternativeNameExtension([{ type: "url", value: uri }])]),
];

/** Signs a certificate: with an authority, or with the private key that belongs to it. */
export const issueCertificate = async (request: CertificateRequest, by: Identity | KeyObject): Promise<Buffer> => {
  const signingKey = "certificate" in by ? by.key.privateKey : by;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(15).toString("hex")}`,
    subject: request.subject,
    issuer: "certificate" in by ? new x509.X509Certificate(by.certificate).subjectName.toJSON() : request.subject,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    publicKey: webKey(request.publicKey),
    signingKey: webKey(signingKey),
    signingAlgorithm: signingWith(signingKey),
    extensions: [...extensionsOf(request), ...(request.facts ?? []).map(factExtension)],
  });
  return Buffer.from(certificate.rawData);
};

/** Whether some of `authorities` signed the certificate; its dates are not looked at. */
export const isSignedByOneOf = (certificate: Buffer, authorities: readonly Buffer[]): boolean => {
  const leaf = new X509Certificate(certificate);
  return authorities.some((authority) => leaf.verify(new X509Certificate(authority).publicKey));
};

export const fingerprint = (certificate: Buffer, algorithm = "sha256"): string =>
  createHash(algorithm).update(certificate).digest("hex");

export const pemOf = (certificate: Buffer): string => new X509Certificate(certificate).toString();
