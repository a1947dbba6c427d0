import type { KeyObject } from "node:crypto";
import type { CipherName } from "../cms/ciphers.ts";
import { sealEnvelope } from "../cms/seal-envelope.ts";
import { degenerate, signData } from "../cms/sign-data.ts";
import { octetString, printable } from "../der/write-der.ts";
import { ATTRIBUTE } from "./attributes.ts";
import type { ScepMessage } from "./read-message.ts";

/** Why a request is refused (RFC 8894 §3.2.1.4.5). */
export const FAIL_INFO = { badAlg: 0, badMessageCheck: 1, badRequest: 2, badTime: 3, badCertId: 4 } as const;

export type ScepOutcome =
  | { readonly kind: "issued"; readonly certificate: Buffer; readonly cipher: CipherName }
  | { readonly kind: "failed"; readonly failInfo: keyof typeof FAIL_INFO };

export interface ScepSigner {
  /** The certificate of the CA, or of who answers for it, DER, and its key. */
  readonly certificate: Buffer;
  readonly key: KeyObject;
  readonly senderNonce: Buffer;
  readonly now: Date;
}

const CERT_REP = "3";
const [SUCCESS, FAILURE] = ["0", "2"];

/** A CertRep (RFC 8894 §3.3.2): the certificate in an envelope for whoever signed the request, or why there is none. */
export function writeScepReply(request: ScepMessage, outcome: ScepOutcome, signer: ScepSigner): Buffer {
  const issued = outcome.kind === "issued";
  const content = issued
    ? sealEnvelope(degenerate([outcome.certificate]), { recipient: request.signerDer, cipher: outcome.cipher })
    : Buffer.alloc(0);
  return signData({
    content,
    certificate: signer.certificate,
    key: signer.key,
    signingTime: signer.now,
    attributes: [
      [ATTRIBUTE.messageType, printable(CERT_REP)],
      [ATTRIBUTE.pkiStatus, printable(issued ? SUCCESS : FAILURE)],
      ...(issued ? [] : [[ATTRIBUTE.failInfo, printable(String(FAIL_INFO[outcome.failInfo]))] as const]),
      [ATTRIBUTE.transactionId, printable(request.transactionId)],
      [ATTRIBUTE.recipientNonce, octetString(request.senderNonce)],
      [ATTRIBUTE.senderNonce, octetString(signer.senderNonce)],
    ],
  });
}
