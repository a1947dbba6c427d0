import { createHash, type KeyObject } from "node:crypto";
import { type Fact, type Identity, issueCertificate, pemOf } from "../crypto/certificate.ts";
import { makeEcKey } from "../crypto/key-pair.ts";

/** What is attested of a device beside its key; a person's own device does not say which it is. */
export interface AttestedFacts {
  readonly serial?: string;
  readonly udid?: string;
  readonly osVersion: string;
}

/** Who attests keys in devices. A server that is to believe simulated devices is told to trust `root`. */
export interface AttestationAuthority {
  /** PEM. */
  readonly root: string;
  /** The attestation object (CBOR) for a key and the token of an ACME challenge. */
  attest(publicKey: KeyObject, token: string, facts: AttestedFacts): Promise<Buffer>;
}

/** A Mac is attested under another identifier than its hardware UUID. */
export const provisioningUdid = (udid: string): string =>
  udid.length === 36 ? `00008112-${createHash("sha256").update(udid).digest("hex").slice(0, 16).toUpperCase()}` : udid;

const named = (commonName: string) => [
  { CN: [commonName] },
  { O: ["Apple Inc."] },
  { ST: ["California"] },
  { C: ["US"] },
];

const life = () => ({ notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000 * 30) });

const authority = async (commonName: string, issuer: Identity | undefined): Promise<Identity> => {
  const key = await makeEcKey();
  const request = { subject: named(commonName), publicKey: key.publicKey, ...life(), authority: true };
  return { key, certificate: await issueCertificate(request, issuer ?? key.privateKey) };
};

const APPLE = "1.2.840.113635.100.8";

const factsIn = (token: string, { serial, udid, osVersion }: AttestedFacts): Fact[] => [
  ...(serial === undefined ? [] : ([[`${APPLE}.9.1`, Buffer.from(serial)]] as const)),
  ...(udid === undefined ? [] : ([[`${APPLE}.9.2`, Buffer.from(udid)]] as const)),
  [`${APPLE}.10.1`, Buffer.from(osVersion)],
  [`${APPLE}.10.2`, Buffer.from(osVersion)],
  [`${APPLE}.11.1`, createHash("sha256").update(token).digest()],
];

/** Named as Apple's, with keys of our own. */
export const makeAttestationAuthority = async (): Promise<AttestationAuthority> => {
  const root = await authority("Apple Enterprise Attestation Root CA", undefined);
  const middle = await authority("Apple Enterprise Attestation Sub CA 1", root);
  return {
    root: pemOf(root.certificate),
    async attest(publicKey, token, facts) {
      const subject = named(createHash("sha256").update(JSON.stringify(facts)).digest("hex"));
      const request = { subject, publicKey, ...life(), facts: factsIn(token, facts) };
      return attestationObject([await issueCertificate(request, middle), middle.certificate]);
    },
  };
};

const head = (major: number, length: number): Buffer =>
  length < 24
    ? Buffer.of((major << 5) | length)
    : length < 0x100
      ? Buffer.of((major << 5) | 24, length)
      : Buffer.of((major << 5) | 25, length >> 8, length & 0xff);
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)]);

/** {fmt: "apple", attStmt: {x5c: [...]}} in CBOR (RFC 8949 §3). */
export const attestationObject = (chain: readonly Buffer[]): Buffer =>
  Buffer.concat([
    head(5, 2),
    text("fmt"),
    text("apple"),
    text("attStmt"),
    head(5, 1),
    text("x5c"),
    head(4, chain.length),
    ...chain.flatMap((certificate) => [head(2, certificate.length), certificate]),
  ]);
