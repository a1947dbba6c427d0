import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { issueCertificate, selfSigned } from "../x509/issue-certificate.ts";
import type { NamePart } from "../x509/names.ts";

const DAY_MS = 86_400_000;

export interface TestIdentity {
  readonly certificate: Buffer;
  readonly key: KeyObject;
}

export const newRsaKey = (): KeyObject => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

const life = (now = Date.now()) => ({ notBefore: new Date(now - DAY_MS), notAfter: new Date(now + DAY_MS) });
const serial = (): Buffer => Buffer.concat([Buffer.of(0x4a), randomBytes(15)]);

/** A CA; with an RSA key unless it is given another. */
export function testAuthority(subject: readonly NamePart[] = [["CN", "Test CA"]], key = newRsaKey()): TestIdentity {
  const keyUsage = ["keyCertSign", "cRLSign", "digitalSignature", "keyEncipherment"] as const;
  return { key, certificate: selfSigned(key, { subject, keyUsage, ca: true, serial: serial(), ...life() }) };
}

/** A certificate for a key, as a device has one. */
export const testLeaf = (authority: TestIdentity, key: KeyObject, publicKey: KeyObject): TestIdentity => ({
  key,
  certificate: issueCertificate(authority, {
    publicKey,
    subject: [
      ["O", "acme"],
      ["CN", "device"],
    ],
    keyUsage: ["digitalSignature", "keyEncipherment"],
    clientAuth: true,
    uris: ["urn:muster:apple:acme:device"],
    serial: serial(),
    ...life(),
  }),
});

/** Who opens requests and signs replies for an authority whose own key cannot, as one of EC. */
export function testRegistration(authority: TestIdentity): TestIdentity {
  const key = newRsaKey();
  const certificate = issueCertificate(authority, {
    publicKey: createPublicKey(key),
    subject: [["CN", "Test RA"]],
    keyUsage: ["digitalSignature", "keyEncipherment"],
    serial: serial(),
    ...life(),
  });
  return { key, certificate };
}
