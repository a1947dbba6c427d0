import { createHash } from "node:crypto";
import { type DistinguishedName, type Identity, issueCertificate, pemOf } from "../crypto/certificate.ts";
import { makeRsaKey } from "../crypto/rsa-key.ts";
import type { AppleHardware } from "./apple-hardware.ts";

/** Who certifies devices in the factory. A server that is to believe simulated devices is told to trust `root`. */
export interface DeviceAuthority {
  /** PEM. */
  readonly root: string;
  /** PEM: the certificates between root and device, the one that signs devices first. */
  readonly intermediates: readonly string[];
  /** DER of the same. */
  readonly chain: readonly Buffer[];
  /** The identity that a device had when it left the factory. */
  identityOf(hardware: AppleHardware): Promise<Identity>;
}

const apple = (unit: string | undefined, commonName: string): DistinguishedName => [
  { C: ["US"] },
  { O: ["Apple Inc."] },
  ...(unit === undefined ? [] : [{ OU: [unit] }]),
  { CN: [commonName] },
];

/** The certificate of a device names it in a way that only its maker reads. */
const opaque = (udid: string): string => createHash("sha256").update(udid).digest("hex").slice(0, 40);

const YEAR_MS = 365 * 86_400_000;

/**
 * Named as Apple's, with keys of our own. The certificate in the middle has expired, as Apple's did in April 2022, and
 * a server has to live with that.
 */
export const makeDeviceAuthority = async (now: () => Date = () => new Date()): Promise<DeviceAuthority> => {
  const [rootKey, middleKey, lastKey, deviceKey] = (await Promise.all([1, 2, 3, 4].map(() => makeRsaKey(2048)))) as [
    Identity["key"],
    Identity["key"],
    Identity["key"],
    Identity["key"],
  ];
  const long = { notBefore: new Date("2006-04-25T21:40:36Z"), notAfter: new Date(now().getTime() + 9 * YEAR_MS) };
  const expired = { notBefore: new Date("2007-04-12T17:43:28Z"), notAfter: new Date("2022-04-12T17:43:28Z") };
  const rootName = apple("Apple Certification Authority", "Apple Root CA");
  const root: Identity = {
    key: rootKey,
    certificate: await issueCertificate(
      { subject: rootName, publicKey: rootKey.publicKey, ...long, authority: true },
      rootKey.privateKey,
    ),
  };
  const middleName = apple("Apple Certification Authority", "Apple iPhone Certification Authority");
  const middle: Identity = {
    key: middleKey,
    certificate: await issueCertificate(
      { subject: middleName, publicKey: middleKey.publicKey, ...expired, authority: true },
      root,
    ),
  };
  const last: Identity = {
    key: lastKey,
    certificate: await issueCertificate(
      {
        subject: apple("Apple iPhone", "Apple iPhone Device CA"),
        publicKey: lastKey.publicKey,
        ...long,
        authority: true,
      },
      middle,
    ),
  };
  const chain = [last.certificate, middle.certificate];
  return {
    root: pemOf(root.certificate),
    intermediates: chain.map(pemOf),
    chain,
    // Devices share a key: what tells them apart here is the certificate, and keys are slow to make.
    identityOf: async ({ udid }) => ({
      key: deviceKey,
      certificate: await issueCertificate(
        { subject: apple("iPhone", opaque(udid)), publicKey: deviceKey.publicKey, ...long },
        last,
      ),
    }),
  };
};
