import { createPublicKey, randomBytes } from "node:crypto";
import {
  CertificateChoices,
  CertificateSet,
  CMSVersion,
  ContentInfo,
  EncapsulatedContentInfo,
  id_data,
  id_signedData,
  SignedData,
} from "@peculiar/asn1-cms";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate as CertificateSchema } from "@peculiar/asn1-x509";
import { ChallengePasswordAttribute, Pkcs10CertificateRequest } from "@peculiar/x509";
import { type Identity, issueCertificate } from "../crypto/certificate.ts";
import { envelopedDataFor, openEnvelopedData } from "../crypto/enveloped-data.ts";
import { makeRsaKey } from "../crypto/key-pair.ts";
import { openSignedData, signedDataOf } from "../crypto/signed-data.ts";
import { octetAttribute, octets, printable, SCEP, textAttribute } from "../scep/scep-attributes.ts";

export interface ScepAnswer {
  readonly contentType: string;
  readonly body: Buffer;
}

/** A certificate authority behind SCEP that takes each of its challenges once. */
export interface TinyScepAuthority {
  readonly ca: Identity;
  readonly challenges: Set<string>;
  /** What it says that it can. */
  capabilities: string;
  answer(url: URL, body: Buffer): Promise<ScepAnswer>;
}

/** SignedData that nobody signed, which carries certificates. */
const bag = (certificates: readonly Buffer[]): Buffer => {
  const signed = new SignedData({
    version: CMSVersion.v1,
    encapContentInfo: new EncapsulatedContentInfo({ eContentType: id_data }),
    certificates: new CertificateSet(
      certificates.map((der) => new CertificateChoices({ certificate: AsnConvert.parse(der, CertificateSchema) })),
    ),
  });
  return Buffer.from(
    AsnConvert.serialize(new ContentInfo({ contentType: id_signedData, content: AsnConvert.serialize(signed) })),
  );
};

export const tinyScepAuthority = async (): Promise<TinyScepAuthority> => {
  const key = await makeRsaKey(2048);
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
  const subject = [{ O: ["Test"] }, { CN: ["Test SCEP CA"] }];
  const ca = {
    key,
    certificate: await issueCertificate(
      { subject, publicKey: key.publicKey, notBefore, notAfter, authority: true },
      key.privateKey,
    ),
  };
  const challenges = new Set<string>();

  const certify = async (csr: Buffer): Promise<Buffer | undefined> => {
    const request = new Pkcs10CertificateRequest(csr);
    const challenge = request.attributes.find((attribute) => attribute instanceof ChallengePasswordAttribute);
    if (!(await request.verify()) || !challenges.delete(challenge?.password ?? "")) return undefined;
    const publicKey = createPublicKey({ key: Buffer.from(request.publicKey.rawData), type: "spki", format: "der" });
    const asked = { subject: request.subjectName.toJSON(), publicKey };
    return await issueCertificate({ ...asked, notBefore, notAfter, clientAuth: true, uri: "urn:test:device" }, ca);
  };

  const operate = async (message: Buffer): Promise<Buffer> => {
    const request = openSignedData(message);
    if (request.signer === undefined) throw new Error("nobody signed the request");
    const certificate = await certify(openEnvelopedData(request.content, key.privateKey));
    const common = [
      printable(SCEP.messageType, "3"),
      printable(SCEP.transactionId, textAttribute(request, SCEP.transactionId) ?? ""),
      octets(SCEP.senderNonce, randomBytes(16)),
      octets(SCEP.recipientNonce, octetAttribute(request, SCEP.senderNonce) ?? Buffer.alloc(0)),
    ];
    const [content, attributes] =
      certificate === undefined
        ? [Buffer.alloc(0), [printable(SCEP.pkiStatus, "2"), printable(SCEP.failInfo, "2")]]
        : [envelopedDataFor(request.signer, bag([certificate]), "aes-128-cbc"), [printable(SCEP.pkiStatus, "0")]];
    return signedDataOf({ content, by: ca, at: new Date(), attributes: [...common, ...attributes] }).message;
  };

  const self: TinyScepAuthority = {
    ca,
    challenges,
    capabilities: "AES\nPOSTPKIOperation\nRenewal\nSHA-256\nSCEPStandard",
    async answer(url, body): Promise<ScepAnswer> {
      switch (url.searchParams.get("operation") ?? "") {
        case "GetCACaps":
          return { contentType: "text/plain", body: Buffer.from(self.capabilities) };
        case "GetCACert":
          return { contentType: "application/x-x509-ca-cert", body: ca.certificate };
        default: {
          const message = body.length > 0 ? body : Buffer.from(url.searchParams.get("message") ?? "", "base64");
          return { contentType: "application/x-pki-message", body: await operate(message) };
        }
      }
    },
  };
  return self;
};
