import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { childrenOf, contextTag, expect, readDer, TAG } from "../der/read-der.ts";
import {
  bitString,
  element,
  integer,
  nothing,
  octetString,
  oid,
  sequence,
  smallInteger,
  time,
} from "../der/write-der.ts";
import { type NamePart, writeName } from "./names.ts";
import { readCertificate } from "./read-certificate.ts";

export type KeyUse = "digitalSignature" | "keyEncipherment" | "keyCertSign" | "cRLSign";

export interface CertificateParts {
  readonly publicKey: KeyObject;
  readonly subject: readonly NamePart[];
  readonly keyUsage: readonly KeyUse[];
  readonly clientAuth?: boolean;
  /** URIs among the subject's alternative names. */
  readonly uris?: readonly string[];
  /** Whether it may issue others. */
  readonly ca?: boolean;
  /** At most 20 bytes; positive. */
  readonly serial: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface Issuer {
  /** DER. */
  readonly certificate: Buffer;
  readonly key: KeyObject;
}

const SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const BITS: Readonly<Record<KeyUse, number>> = {
  digitalSignature: 0x80,
  keyEncipherment: 0x20,
  keyCertSign: 0x04,
  cRLSign: 0x02,
};

/** A certificate (RFC 5280), DER. */
export function issueCertificate({ certificate, key }: Issuer, parts: CertificateParts): Buffer {
  const { publicKey, subject, subjectKeyId } = readCertificate(certificate);
  return signed({ name: subject, keyId: subjectKeyId ?? keyIdOf(publicKey), key }, spkiOf(parts.publicKey), parts);
}

/** A certificate that its own key signs. */
export function selfSigned(key: KeyObject, parts: Omit<CertificateParts, "publicKey">): Buffer {
  const spki = spkiOf(createPublicKey(key));
  return signed({ name: writeName(parts.subject), keyId: keyIdOf(spki), key }, spki, parts);
}

interface SigningIssuer {
  readonly name: Buffer;
  readonly keyId: Buffer;
  readonly key: KeyObject;
}

function signed(issuer: SigningIssuer, spki: Buffer, parts: Omit<CertificateParts, "publicKey">): Buffer {
  const algorithm =
    issuer.key.asymmetricKeyType === "rsa" ? sequence(oid(SHA256_WITH_RSA), nothing) : sequence(oid(ECDSA_WITH_SHA256));
  const tbs = sequence(
    element(contextTag(0), smallInteger(2)),
    integer(parts.serial),
    algorithm,
    issuer.name,
    sequence(time(parts.notBefore), time(parts.notAfter)),
    writeName(parts.subject),
    spki,
    element(contextTag(3), sequence(...extensions(parts, keyIdOf(spki), issuer.keyId))),
  );
  return sequence(tbs, algorithm, bitString(sign("sha256", tbs, issuer.key)));
}

const TRUE = element(TAG.boolean, Buffer.of(0xff));

function extensions(parts: Omit<CertificateParts, "publicKey">, subjectKeyId: Buffer, issuerKeyId: Buffer): Buffer[] {
  const { ca = false, clientAuth = false, keyUsage, uris = [] } = parts;
  const bits = keyUsage.reduce((all, use) => all | BITS[use], 0);
  const unused = Math.log2(bits & -bits);
  const names = uris.map((uri) => element(contextTag(6, false), Buffer.from(uri)));
  return [
    extension("2.5.29.19", sequence(...(ca ? [TRUE] : [])), true),
    extension("2.5.29.15", element(TAG.bitString, Buffer.of(unused, bits)), true),
    ...(clientAuth ? [extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.2")))] : []),
    ...(names.length > 0 ? [extension("2.5.29.17", sequence(...names))] : []),
    extension("2.5.29.14", octetString(subjectKeyId)),
    extension("2.5.29.35", sequence(element(contextTag(0, false), issuerKeyId))),
  ];
}

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), octetString(value));

const spkiOf = (key: KeyObject): Buffer => key.export({ format: "der", type: "spki" });

/** RFC 5280 §4.2.1.2 (1): SHA-1 over the key's own bits. */
function keyIdOf(spki: Buffer): Buffer {
  const [, bits] = childrenOf(readDer(spki));
  return createHash("sha1")
    .update(expect(bits, TAG.bitString, "the public key").content.subarray(1))
    .digest();
}
