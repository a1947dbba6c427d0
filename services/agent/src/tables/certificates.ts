import { X509Certificate } from "node:crypto";
import { readCertificateFiles } from "../machine/certificate-files.ts";
import { x509 } from "../machine/x509.ts";
import { defineTable } from "./table.ts";

export const certificates = defineTable({
  name: "certificates",
  columns: {
    common_name: "TEXT",
    subject: "TEXT",
    subject2: "TEXT",
    issuer: "TEXT",
    issuer2: "TEXT",
    ca: "INTEGER",
    self_signed: "INTEGER",
    not_valid_before: "DATETIME",
    not_valid_after: "DATETIME",
    signing_algorithm: "TEXT",
    key_algorithm: "TEXT",
    key_strength: "TEXT",
    key_usage: "TEXT",
    subject_key_id: "TEXT",
    authority_key_id: "TEXT",
    sha1: "TEXT",
    path: "TEXT",
    serial: "TEXT",
  },
  *generate(machine) {
    const seen = new Set<string>();
    for (const { path, pem } of readCertificateFiles(machine)) {
      const certificate = parse(pem);
      if (certificate === undefined || seen.has(certificate.fingerprint)) continue;
      seen.add(certificate.fingerprint);
      const key = certificate.publicKey;
      const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
      yield {
        common_name: /^CN=(.*)$/m.exec(certificate.subject ?? "")?.[1],
        subject: slashes(certificate.subject),
        subject2: commas(certificate.subject),
        issuer: slashes(certificate.issuer),
        issuer2: commas(certificate.issuer),
        ca: certificate.ca ? 1 : 0,
        self_signed: certificate.checkIssued(certificate) ? 1 : 0,
        not_valid_before: seconds(certificate.validFrom),
        not_valid_after: seconds(certificate.validTo),
        signing_algorithm: certificate.signatureAlgorithm,
        key_algorithm: KEY_NAMES[key.asymmetricKeyType ?? ""] ?? key.asymmetricKeyType,
        key_strength: modulusLength ?? namedCurve,
        ...extensionsOf(certificate.raw),
        sha1: certificate.fingerprint.replaceAll(":", "").toLowerCase(),
        path,
        serial: certificate.serialNumber,
      };
    }
  },
});

/** OpenSSL's long names of the key algorithms. */
const KEY_NAMES: Readonly<Record<string, string>> = { rsa: "rsaEncryption", ec: "id-ecPublicKey", ed25519: "ED25519" };

/** The bits of RFC 5280 §4.2.1.3, as OpenSSL writes them. */
const USAGES = [
  [x509.KeyUsageFlags.digitalSignature, "Digital Signature"],
  [x509.KeyUsageFlags.nonRepudiation, "Non Repudiation"],
  [x509.KeyUsageFlags.keyEncipherment, "Key Encipherment"],
  [x509.KeyUsageFlags.dataEncipherment, "Data Encipherment"],
  [x509.KeyUsageFlags.keyAgreement, "Key Agreement"],
  [x509.KeyUsageFlags.keyCertSign, "Key Cert Sign"],
  [x509.KeyUsageFlags.cRLSign, "CRL Sign"],
] as const;

function extensionsOf(raw: Buffer) {
  const certificate = new x509.X509Certificate(new Uint8Array(raw));
  const usages = certificate.getExtension(x509.KeyUsagesExtension)?.usages ?? 0;
  return {
    key_usage: USAGES.filter(([flag]) => (usages & flag) !== 0)
      .map(([, name]) => name)
      .join(", "),
    subject_key_id: certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    authority_key_id: certificate.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId,
  };
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

const seconds = (date: string) => String(Math.floor(Date.parse(date) / 1000));
const slashes = (name: string | undefined) =>
  (name ?? "")
    .split("\n")
    .map((part) => `/${part}`)
    .join("");
const commas = (name: string | undefined) => (name ?? "").split("\n").join(", ");
