// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 needs it to be loaded before
import "reflect-metadata";
import { type KeyObject, X509Certificate as NodeCertificate, webcrypto } from "node:crypto";
import { deviceUri } from "@muster/device-identity/device-certificate";
import { ConfigurationError } from "@muster/host/environment";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { Device } from "../domain/device.ts";
import { serialNumber } from "../domain/serial-number.ts";
import type { CertificateAuthority, CertificateRequest, SignedCertificate } from "../usecases/ports.ts";

const LIFETIME_MS = 90 * 24 * 3600_000;
// A device whose clock is a little slow must be able to use its certificate at once.
const CLOCK_SKEW_MS = 5 * 60_000;

const CURVES: Readonly<Record<string, { readonly curve: string; readonly hash: string }>> = {
  prime256v1: { curve: "P-256", hash: "SHA-256" },
  secp384r1: { curve: "P-384", hash: "SHA-384" },
};

export interface AuthorityMaterial {
  /** PEM: the issuer's certificate, then those above it. */
  readonly certificates: readonly string[];
  readonly key: KeyObject;
  /** So many bytes that nobody can foresee; for serial numbers. */
  readonly randomBytes: (count: number) => Buffer;
}

/** The CA for device certificates. Throws when its certificate and key do not fit together, or are not a CA's. */
export async function deviceAuthority({
  certificates,
  key,
  randomBytes,
}: AuthorityMaterial): Promise<CertificateAuthority> {
  const [issuerPem = ""] = certificates;
  const node = new NodeCertificate(issuerPem);
  if (!node.ca) throw new ConfigurationError("MUSTER_DEVICE_CA_CERT is not the certificate of a CA");
  if (!node.checkPrivateKey(key))
    throw new ConfigurationError("MUSTER_DEVICE_CA_KEY does not belong to MUSTER_DEVICE_CA_CERT");
  const { curve, hash } = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? {};
  if (curve === undefined || hash === undefined)
    throw new ConfigurationError("MUSTER_DEVICE_CA_KEY has to be an EC key on P-256 or P-384");
  const issuer = new X509Certificate(issuerPem);
  const signingKey = await webcrypto.subtle.importKey(
    "pkcs8",
    key.export({ format: "der", type: "pkcs8" }),
    { name: "ECDSA", namedCurve: curve },
    false,
    ["sign"],
  );
  const issuerId = await AuthorityKeyIdentifierExtension.create(issuer.publicKey);

  return {
    chain: certificates,
    async issue(device: Device, { publicKey }: CertificateRequest, now: Date): Promise<SignedCertificate> {
      if (issuer.notAfter <= now) throw new Error(`the device CA has expired (${issuer.notAfter.toISOString()})`);
      const generation = device.generations.agent ?? 0;
      const serial = serialNumber(randomBytes).toString("hex");
      const notAfter = wholeSecond(Math.min(now.getTime() + LIFETIME_MS, issuer.notAfter.getTime()));
      const certificate = await X509CertificateGenerator.create({
        serialNumber: serial,
        subject: [{ CN: [device.id] }],
        issuer: issuer.subjectName,
        notBefore: wholeSecond(Math.max(now.getTime() - CLOCK_SKEW_MS, issuer.notBefore.getTime())),
        notAfter,
        publicKey,
        signingKey,
        signingAlgorithm: { name: "ECDSA", hash },
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
          new SubjectAlternativeNameExtension([
            { type: "url", value: deviceUri({ tenant: device.tenant, deviceId: device.id, generation }) },
          ]),
          await SubjectKeyIdentifierExtension.create(publicKey),
          issuerId,
        ],
      });
      return { pem: certificate.toString("pem"), serial, notAfter };
    },
  };
}

const wholeSecond = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);
