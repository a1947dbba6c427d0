import type { X509Certificate } from "node:crypto";
import type { CipherName } from "../cms/ciphers.ts";
import { CmsError } from "../cms/cms-error.ts";
import { type OpenOptions, openEnvelope } from "../cms/open-envelope.ts";
import { verifySignedData } from "../cms/verify-signed-data.ts";
import { type DerElement, textOf } from "../der/read-der.ts";
import { ATTRIBUTE } from "./attributes.ts";

export type ScepMessageType = "PKCSReq" | "RenewalReq" | "CertPoll" | "GetCert" | "GetCRL";

const TYPES: Readonly<Record<string, ScepMessageType>> = {
  "17": "RenewalReq",
  // What drafts of SCEP called an update is a renewal in all but name.
  "18": "RenewalReq",
  "19": "PKCSReq",
  "20": "CertPoll",
  "21": "GetCert",
  "22": "GetCRL",
};

/** What a client's message says of itself; its content is still in its envelope. */
export interface ScepMessage {
  readonly type: ScepMessageType;
  readonly transactionId: string;
  readonly senderNonce: Buffer;
  /** The certificate that signed it: the client's own for the first, the one to be renewed for a renewal. */
  readonly signer: X509Certificate;
  readonly signerDer: Buffer;
  /** The digest it was signed with. */
  readonly digest: string;
  readonly envelope: Buffer;
}

/** Reads a pkiMessage (RFC 8894 §3.2) and checks its signature. Throws CmsError. */
export function readScepMessage(der: Uint8Array): ScepMessage {
  const { content, digest, signedAttributes, signer, signerDer } = verifySignedData(der);
  const text = (id: string): string => (signedAttributes.has(id) ? textOf(signedAttributes.get(id) as DerElement) : "");
  const type = TYPES[text(ATTRIBUTE.messageType)];
  const transactionId = text(ATTRIBUTE.transactionId);
  if (type === undefined) throw new CmsError("unsupported", "the message is of a type that is not known");
  if (transactionId === "" || transactionId.length > 200)
    throw new CmsError("malformed", "the message has no transaction");
  if (signer.publicKey.asymmetricKeyType !== "rsa")
    throw new CmsError("unsupported", "the client has no RSA key, so no reply can be sealed for it");
  const senderNonce = signedAttributes.get(ATTRIBUTE.senderNonce)?.content ?? Buffer.alloc(0);
  // It is sent back as it came: sixteen bytes, by the RFC.
  if (senderNonce.length > 64) throw new CmsError("malformed", "the message has a strange nonce");
  return { type, transactionId, senderNonce, signer, signerDer, digest, envelope: content };
}

/** Opens what is in a message: a certificate request for PKCSReq and RenewalReq. Throws CmsError. */
export const openScepMessage = (
  { envelope }: ScepMessage,
  options: OpenOptions,
): { readonly content: Buffer; readonly cipher: CipherName } => openEnvelope(envelope, options);
