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
  | {
      readonly kind: "issued";
      readonly certificate: Buffer;
      /** Who issued it, and who issued those; goes to the client beside its own. */
      readonly chain?: readonly Buffer[];
      readonly cipher: CipherName;
    }
  /** To be asked for again, with CertPoll. */
  | { readonly kind: "pending" }
  | { readonly kind: "failed"; readonly failInfo: keyof typeof FAIL_INFO };

export interface ScepSigner {
  /** The certificate of the CA, or of who answers for it, DER, and its key. */
  readonly certificate: Buffer;
  readonly key: KeyObject;
  readonly senderNonce: Buffer;
  readonly now: Date;
}

const CERT_REP = "3";
const STATUS = { issued: "0", failed: "2", pending: "3" } as const;

/** A CertRep (RFC 8894 §3.3.2): the certificate in an envelope for whoever signed the request, or why there is none. */
export function writeScepReply(request: ScepMessage, outcome: ScepOutcome, signer: ScepSigner): Buffer {
  return signData({
    content: outcome.kind === "issued" ? sealed(outcome, request) : undefined,
    certificate: signer.certificate,
    key: signer.key,
    signingTime: signer.now,
    attributes: [
      [ATTRIBUTE.messageType, printable(CERT_REP)],
      [ATTRIBUTE.pkiStatus, printable(STATUS[outcome.kind])],
      ...(outcome.kind === "failed" ? [failure(outcome.failInfo)] : []),
      [ATTRIBUTE.transactionId, printable(request.transactionId)],
      [ATTRIBUTE.recipientNonce, octetString(request.senderNonce)],
      [ATTRIBUTE.senderNonce, octetString(signer.senderNonce)],
    ],
  });
}

const sealed = ({ certificate, chain = [], cipher }: ScepOutcome & { kind: "issued" }, request: ScepMessage): Buffer =>
  sealEnvelope(degenerate([certificate, ...chain]), { recipient: request.signerDer, cipher });

const failure = (reason: keyof typeof FAIL_INFO) => [ATTRIBUTE.failInfo, printable(String(FAIL_INFO[reason]))] as const;
