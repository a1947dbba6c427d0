import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { type DistinguishedName, type Identity, issueCertificate, pemOf } from "../crypto/certificate.ts";
import { type KeyPair, makeRsaKey } from "../crypto/key-pair.ts";
import type { AppleHardware } from "./apple-hardware.ts";

/** Who certifies devices in the factory. A server that is to believe simulated devices is told to trust `root`. */
export interface DeviceAuthority {
  /** PEM. */
  readonly root: string;
  /** DER: the certificates between device and root, the one that signs devices first. */
  readonly chain: readonly Buffer[];
  /** The identity that a device had when it left the factory. */
  identityOf(hardware: AppleHardware): Promise<Identity>;
}

/** An authority as it is kept: PEM all over. */
export interface SavedAuthority {
  readonly root: string;
  readonly chain: readonly string[];
  readonly signingKey: string;
  readonly deviceKey: string;
}

const apple = (unit: string | undefined, commonName: string): DistinguishedName => [
  { C: ["US"] },
  { O: ["Apple Inc."] },
  ...(unit === undefined ? [] : [{ OU: [unit] }]),
  { CN: [commonName] },
];

/** The certificate of a device names it in a way that only its maker reads. */
const opaque = (udid: string): string => createHash("sha256").update(udid).digest("hex").slice(0, 40);

const LONG = { notBefore: new Date("2006-04-25T21:40:36Z"), notAfter: new Date("2035-02-09T21:40:36Z") };
/** As Apple's own in the middle, which expired in April 2022, and which servers have to live with. */
const EXPIRED = { notBefore: new Date("2007-04-12T17:43:28Z"), notAfter: new Date("2022-04-12T17:43:28Z") };

const authority = async (
  subject: DistinguishedName,
  life: typeof LONG,
  issuer: Identity | undefined,
): Promise<Identity> => {
  const key = await makeRsaKey(2048);
  const request = { subject, publicKey: key.publicKey, ...life, authority: true };
  return { key, certificate: await issueCertificate(request, issuer ?? key.privateKey) };
};

const pemKey = (key: KeyObject): string => String(key.export({ type: "pkcs8", format: "pem" }));

/** Named as Apple's, with keys of our own. */
export const drawDeviceAuthority = async (): Promise<SavedAuthority> => {
  const unit = "Apple Certification Authority";
  const root = await authority(apple(unit, "Apple Root CA"), LONG, undefined);
  const middle = await authority(apple(unit, "Apple iPhone Certification Authority"), EXPIRED, root);
  const last = await authority(apple("Apple iPhone", "Apple iPhone Device CA"), LONG, middle);
  const { privateKey } = await makeRsaKey(2048);
  return {
    root: pemOf(root.certificate),
    chain: [last, middle].map(({ certificate }) => pemOf(certificate)),
    signingKey: pemKey(last.key.privateKey),
    deviceKey: pemKey(privateKey),
  };
};

const keyIn = (pem: string): KeyPair => {
  const privateKey = createPrivateKey(pem);
  return { privateKey, publicKey: createPublicKey(privateKey) };
};

export const openDeviceAuthority = ({ root, chain: pems, signingKey, deviceKey }: SavedAuthority): DeviceAuthority => {
  const chain = pems.map((pem) => new X509Certificate(pem).raw);
  // Devices share a key: what tells them apart here is the certificate, and keys are slow to make.
  const key = keyIn(deviceKey);
  const signer = { key: keyIn(signingKey), certificate: chain[0] ?? Buffer.alloc(0) };
  return {
    root,
    chain,
    async identityOf({ udid }) {
      const request = { subject: apple("iPhone", opaque(udid)), publicKey: key.publicKey, ...LONG };
      return { key, certificate: await issueCertificate(request, signer) };
    },
  };
};

export const makeDeviceAuthority = async (): Promise<DeviceAuthority> =>
  openDeviceAuthority(await drawDeviceAuthority());
