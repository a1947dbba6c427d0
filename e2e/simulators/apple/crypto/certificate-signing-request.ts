// oxlint-disable-next-line import/no-unassigned-import -- x509 finds its parts through the metadata this adds to the globals
import "reflect-metadata";
import { KeyUsageFlags } from "@peculiar/asn1-x509";
import * as x509 from "@peculiar/x509";
import { type DistinguishedName, keyUsage } from "./certificate.ts";
import { type KeyPair, signingWith, webKey } from "./key-pair.ts";

export interface SigningRequest {
  readonly subject: DistinguishedName;
  readonly key: KeyPair;
  /** PKCS#9 challengePassword. */
  readonly challenge?: string | undefined;
  readonly names?: readonly x509.JsonGeneralName[];
  /** Bits of the profile's "Key Usage": 1 sign, 4 encrypt. */
  readonly usage: number;
}

/** A PKCS#10 request, DER. */
export const certificateSigningRequest = async (request: SigningRequest): Promise<Buffer> => {
  const flags: number =
    ((request.usage & 1) === 0 ? 0 : KeyUsageFlags.digitalSignature) |
    ((request.usage & 4) === 0 ? 0 : KeyUsageFlags.keyEncipherment);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: request.subject,
    keys: { privateKey: webKey(request.key.privateKey), publicKey: webKey(request.key.publicKey) },
    signingAlgorithm: signingWith(request.key.privateKey),
    attributes: request.challenge === undefined ? [] : [new x509.ChallengePasswordAttribute(request.challenge)],
    extensions: [
      ...(flags === 0 ? [] : [keyUsage(flags)]),
      ...(request.names === undefined || request.names.length === 0
        ? []
        : [new x509.SubjectAlternativeNameExtension([...request.names])]),
    ],
  });
  return Buffer.from(made.rawData);
};
