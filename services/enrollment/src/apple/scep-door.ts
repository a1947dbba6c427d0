import { randomBytes, type X509Certificate } from "node:crypto";
import { CmsError } from "@muster/apple-protocol/cms/cms-error";
import { scepCapabilities } from "@muster/apple-protocol/scep/capabilities";
import { scepMessageInQuery } from "@muster/apple-protocol/scep/query-message";
import { openScepMessage, readScepMessage, type ScepMessage } from "@muster/apple-protocol/scep/read-message";
import { type ScepOutcome, writeScepReply } from "@muster/apple-protocol/scep/write-reply";
import { readCertificateRequest } from "@muster/apple-protocol/x509/read-request";
import type { AppleVerifier } from "@muster/device-identity/apple-identity";
import type { AppleAuthority } from "../ca/apple-authority.ts";
import { refuse } from "../domain/refusals.ts";
import type { AppleCertificate, ScepRight } from "../usecases/apple/issue-by-scep.ts";

export interface ScepDeps {
  readonly authority: AppleAuthority;
  readonly verifier: AppleVerifier;
  readonly issue: (right: ScepRight, publicKey: X509Certificate["publicKey"]) => Promise<AppleCertificate | undefined>;
  /** Whether SHA-1 and single DES are taken from clients that have nothing better. */
  readonly legacy: boolean;
  readonly now: () => Date;
}

const SMALLEST_RSA_BITS = 2_048;

export interface ScepAnswer {
  readonly type: string;
  readonly body: Buffer | string;
}

/** Answers one SCEP request (RFC 8894 §4). */
export async function answerScep(
  deps: ScepDeps,
  { body, operation, query }: { readonly operation: string; readonly query: string; readonly body: Buffer | undefined },
): Promise<ScepAnswer> {
  switch (operation) {
    case "GetCACaps":
      return { type: "text/plain", body: scepCapabilities(deps.legacy) };
    case "GetCACert":
      return { type: "application/x-x509-ca-cert", body: deps.authority.certificate };
    case "PKIOperation":
      return { type: "application/x-pki-message", body: await operate(deps, body, query) };
    default:
      throw refuse("apple.bad_scep", "operation is GetCACaps, GetCACert or PKIOperation");
  }
}

async function operate(deps: ScepDeps, body: Buffer | undefined, query: string): Promise<Buffer> {
  const message = readMessage(body, query);
  const { authority, now } = deps;
  const signer = { certificate: authority.certificate, key: authority.key, senderNonce: randomBytes(16), now: now() };
  return writeScepReply(message, await decide(deps, message), signer);
}

function readMessage(body: Buffer | undefined, query: string): ScepMessage {
  try {
    // A posted message counts, whatever the address carries beside it: some clients send it twice.
    return readScepMessage(body ?? scepMessageInQuery(query));
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    throw refuse("apple.bad_scep", "the message is no SCEP message", { cause: error });
  }
}

/** Whether the client gets its certificate. What is wrong with the envelope is one answer, whatever it was. */
async function decide(deps: ScepDeps, message: ScepMessage): Promise<ScepOutcome> {
  const { authority, issue, legacy } = deps;
  if (!legacy && message.digest === "sha1") return { kind: "failed", failInfo: "badAlg" };
  if (message.type !== "PKCSReq" && message.type !== "RenewalReq") return { kind: "failed", failInfo: "badRequest" };
  let opened: ReturnType<typeof openScepMessage>;
  let request: ReturnType<typeof readCertificateRequest>;
  try {
    opened = openScepMessage(message, { ...authority, allowDes: legacy });
    request = readCertificateRequest(opened.content);
  } catch (error) {
    if (!(error instanceof CmsError)) throw error;
    return { kind: "failed", failInfo: "badMessageCheck" };
  }
  const { publicKey } = request;
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (publicKey.asymmetricKeyType !== "rsa" || bits < SMALLEST_RSA_BITS) return { kind: "failed", failInfo: "badAlg" };
  // RFC 8894 §2.3: who has no certificate yet signs with the very key that is to be certified, and so shows that it is theirs.
  if (message.type === "PKCSReq" && !publicKey.equals(message.signer.publicKey))
    return { kind: "failed", failInfo: "badMessageCheck" };
  const right = rightOf(deps, message, request.challengePassword);
  const certificate = right === undefined ? undefined : await issue(right, publicKey);
  if (certificate === undefined) return { kind: "failed", failInfo: "badRequest" };
  return { kind: "issued", certificate: certificate.der, cipher: opened.cipher };
}

/** A renewal is signed with a certificate of ours that is still good; everything else needs a challenge. */
function rightOf(
  { now, verifier }: ScepDeps,
  { signer, type }: ScepMessage,
  challenge: string | undefined,
): ScepRight | undefined {
  if (challenge !== undefined && challenge !== "") return { kind: "challenge", challenge };
  if (type !== "RenewalReq") return undefined;
  const identity = verifier.byCertificate(signer, now());
  return typeof identity === "string" ? undefined : { kind: "renewal", ...identity };
}
