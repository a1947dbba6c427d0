import { createHash, randomBytes, X509Certificate } from "node:crypto";
import type { JsonGeneralName } from "@peculiar/x509";
import {
  type DistinguishedName,
  fingerprint,
  type Identity,
  isSignedByOneOf,
  issueCertificate,
} from "../crypto/certificate.ts";
import { certificateSigningRequest } from "../crypto/certificate-signing-request.ts";
import { envelopedDataFor, openEnvelopedData } from "../crypto/enveloped-data.ts";
import type { KeyPair } from "../crypto/key-pair.ts";
import { openSignedData, signedDataOf } from "../crypto/signed-data.ts";
import type { AppleDoor, DoorAnswer } from "../wire/apple-door.ts";
import { octetAttribute, octets, printable, SCEP, textAttribute } from "./scep-attributes.ts";

/** What a SCEP payload asks for, with the device's own values put in. */
export interface ScepRequest {
  readonly url: string;
  readonly name: string | undefined;
  readonly subject: DistinguishedName;
  readonly names: readonly JsonGeneralName[];
  readonly challenge: string | undefined;
  readonly usage: number;
  /** SHA-1, SHA-256 or MD5 of the authority's certificate. */
  readonly caFingerprint: Buffer | undefined;
  readonly key: KeyPair;
  /** The identity so far, for a RenewalReq (17) instead of a PKCSReq (19). */
  readonly renewing?: Identity;
}

/** The authority answered, and the answer is no. */
export class ScepRefused extends Error {
  readonly failInfo: string;

  constructor(failInfo: string) {
    super(`the authority refused with failInfo ${failInfo}`);
    this.failInfo = failInfo;
  }
}

interface Authority {
  readonly signers: readonly Buffer[];
  /** To whom the request is encrypted. */
  readonly recipient: Buffer;
}

const HASHES: Readonly<Record<number, string>> = { 16: "md5", 20: "sha1", 32: "sha256" };

const expect = (what: string, { status }: DoorAnswer): void => {
  if (status !== 200) throw new Error(`${what} was answered with ${status}`);
};

const readAuthority = (answer: DoorAnswer, wanted: Buffer | undefined): Authority => {
  const one = answer.contentType === "application/x-x509-ca-cert";
  if (!one && answer.contentType !== "application/x-x509-ca-ra-cert")
    throw new Error(`GetCACert was answered with ${answer.contentType}`);
  const certificates = one ? [answer.body] : openSignedData(answer.body).certificates;
  if (wanted !== undefined) {
    const algorithm = HASHES[wanted.length] ?? "sha256";
    if (!certificates.some((certificate) => fingerprint(certificate, algorithm) === wanted.toString("hex")))
      throw new Error("the authority's certificate is not the one that the profile names");
  }
  const registration = certificates.find((certificate) => !new X509Certificate(certificate).ca);
  const recipient = registration ?? certificates[0];
  if (recipient === undefined) throw new Error("GetCACert gave no certificate");
  return { signers: certificates, recipient };
};

/** Asks for a certificate as a device does (RFC 8894): capabilities, authority, request. @throws ScepRefused */
export const requestCertificate = async (door: AppleDoor, request: ScepRequest, now: () => Date): Promise<Identity> => {
  const at = (operation: string, more: Readonly<Record<string, string>> = {}): string => {
    const url = new URL(request.url);
    for (const [name, value] of Object.entries({ operation, ...more })) url.searchParams.set(name, value);
    return url.href;
  };
  const message: Record<string, string> = request.name === undefined ? {} : { message: request.name };
  const capabilities = await door.send({ method: "GET", url: at("GetCACaps", message) });
  const able = new Set(capabilities.status === 200 ? capabilities.body.toString().split(/\s+/) : []);
  const caAnswer = await door.send({ method: "GET", url: at("GetCACert", message) });
  expect("GetCACert", caAnswer);
  const authority = readAuthority(caAnswer, request.caFingerprint);

  const modern = able.has("SCEPStandard");
  const strongDigest = modern || able.has("SHA-256");
  const csr = await certificateSigningRequest(request);
  const yesterday = new Date(now().getTime() - 86_400_000);
  const tomorrow = new Date(now().getTime() + 86_400_000);
  const own = { subject: request.subject, publicKey: request.key.publicKey, notBefore: yesterday, notAfter: tomorrow };
  const signer = request.renewing ?? {
    key: request.key,
    certificate: await issueCertificate(own, request.key.privateKey),
  };
  const nonce = randomBytes(16);
  const transactionId = createHash("sha256")
    .update(request.key.publicKey.export({ type: "spki", format: "der" }))
    .digest("hex")
    .toUpperCase();
  const pkiMessage = signedDataOf({
    content: envelopedDataFor(authority.recipient, csr, modern || able.has("AES") ? "aes-128-cbc" : "des-ede3-cbc"),
    by: signer,
    at: now(),
    digest: strongDigest ? "sha256" : "sha1",
    attributes: [
      printable(SCEP.messageType, request.renewing === undefined ? "19" : "17"),
      printable(SCEP.transactionId, transactionId),
      octets(SCEP.senderNonce, nonce),
    ],
  }).message;
  const answer =
    modern || able.has("POSTPKIOperation")
      ? await door.send({
          method: "POST",
          url: at("PKIOperation"),
          headers: { "content-type": "application/x-pki-message" },
          body: pkiMessage,
        })
      : await door.send({ method: "GET", url: at("PKIOperation", { message: pkiMessage.toString("base64") }) });
  expect("PKIOperation", answer);
  if (answer.contentType !== "application/x-pki-message")
    throw new Error(`PKIOperation was answered with ${answer.contentType}`);

  const reply = openSignedData(answer.body);
  if (reply.signer === undefined || !authority.signers.some((known) => reply.signer?.equals(known)))
    throw new Error("the answer is signed by someone who is not the authority");
  if (textAttribute(reply, SCEP.messageType) !== "3") throw new Error("the answer is no CertRep");
  if (textAttribute(reply, SCEP.transactionId) !== transactionId) throw new Error("the answer is to another request");
  if (octetAttribute(reply, SCEP.recipientNonce)?.equals(nonce) !== true)
    throw new Error("the answer does not repeat the nonce of the request");
  const status = textAttribute(reply, SCEP.pkiStatus);
  if (status !== "0")
    throw new ScepRefused(status === "2" ? (textAttribute(reply, SCEP.failInfo) ?? "none") : "pending");
  const opened = openSignedData(openEnvelopedData(reply.content, signer.key.privateKey));
  const spki = request.key.publicKey.export({ type: "spki", format: "der" });
  const certificate = opened.certificates.find((der) =>
    new X509Certificate(der).publicKey.export({ type: "spki", format: "der" }).equals(spki),
  );
  if (certificate === undefined) throw new Error("no certificate in the answer is for the key of the request");
  if (!isSignedByOneOf(certificate, authority.signers)) throw new Error("the certificate is not the authority's");
  return { key: request.key, certificate };
};
