// @peculiar/x509 finds its parts through it, so it comes first.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3653;
/** Apple and the browsers refuse server certificates that live longer than 398 days. */
const LEAF_DAYS = 397;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A certificate and its key, both PEM. */
export interface KeyPairPem {
  readonly cert: string;
  readonly key: string;
}

/** SCEP encrypts to its CA, which an elliptic curve's key cannot do (RFC 8894 §3.1). */
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};

/** A new self-signed P-256 authority for ten years. */
export const createAuthority = (commonName: string, now: Date): Promise<KeyPairPem> =>
  selfSigned(commonName, ALGORITHM, KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, now);

/** A new self-signed RSA authority for ten years, which also answers for itself over SCEP. */
export const createScepAuthority = (commonName: string, now: Date): Promise<KeyPairPem> => {
  const uses: KeyUsageFlags =
    KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment;
  return selfSigned(commonName, RSA, uses, now);
};

async function selfSigned(
  commonName: string,
  algorithm: typeof ALGORITHM | typeof RSA,
  usage: KeyUsageFlags,
  now: Date,
): Promise<KeyPairPem> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const cert = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: algorithm,
    ...validity(now, AUTHORITY_DAYS),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(usage, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pemOf(cert, keys);
}

/** A certificate for these names, to be used as a server, as a client, or as both. */
export async function issueCertificate(
  authority: KeyPairPem,
  usages: readonly ("serverAuth" | "clientAuth")[],
  names: readonly JsonGeneralName[],
  now: Date,
): Promise<KeyPairPem> {
  const issuer = new X509Certificate(authority.cert);
  const issuerKey = await webcrypto.subtle.importKey(
    "pkcs8",
    PemConverter.decodeFirst(authority.key),
    ALGORITHM,
    false,
    ["sign"],
  );
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const cert = await X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString("hex"),
    subject: "CN=localhost",
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: issuerKey,
    signingAlgorithm: ALGORITHM,
    ...validity(now, LEAF_DAYS),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(usages.map((usage) => ExtendedKeyUsage[usage])),
      new SubjectAlternativeNameExtension([...names]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pemOf(cert, keys);
}

/** Begins a day early, for devices whose clock is behind. */
function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - DAY_MS), notAfter: new Date(now.getTime() + (days - 1) * DAY_MS) };
}

async function pemOf(cert: X509Certificate, keys: webcrypto.CryptoKeyPair): Promise<KeyPairPem> {
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: `${cert.toString("pem")}\n`, key: `${PemConverter.encode(pkcs8, "PRIVATE KEY")}\n` };
}
