import { X509Certificate } from "node:crypto";
import type { JsonGeneralName } from "@peculiar/x509";
import type { DistinguishedName, Identity } from "../crypto/certificate.ts";
import { certificateSigningRequest } from "../crypto/certificate-signing-request.ts";
import { type KeyPair, makeEcKey } from "../crypto/key-pair.ts";
import type { AppleDoor } from "../wire/apple-door.ts";
import { type AcmeAnswer, AcmeSession } from "./acme-session.ts";

/** What an ACME payload asks for, with the device's own values put in. */
export interface AcmeRequest {
  readonly directoryUrl: string;
  readonly clientIdentifier: string;
  readonly subject: DistinguishedName;
  readonly names: readonly JsonGeneralName[];
  readonly usage: number;
  /** The key that is to be certified. */
  readonly key: KeyPair;
  /** Has the key attested for the token of a challenge; nothing where the payload does not ask for it. */
  readonly attest: ((token: string) => Promise<Buffer>) | undefined;
}

/** An order on its way, as the server tells of it. */
export interface Order {
  readonly url: string;
  readonly finalize: string;
  readonly challenge: { readonly url: string; readonly token: string };
}

const textIn = (body: AcmeAnswer["body"], name: string): string => {
  const value = body[name];
  if (typeof value !== "string") throw new Error(`the answer has no ${name}`);
  return value;
};

/** Orders a certificate, and finds the challenge device-attest-01. @throws AcmeRefused */
export const order = async (session: AcmeSession, identifier: string): Promise<Order> => {
  const identifiers = [{ type: "permanent-identifier", value: identifier }];
  const { body, location } = await session.post(session.directory.newOrder, { identifiers });
  const [authorization] = body["authorizations"] as readonly string[];
  const { challenges } = (await session.post(authorization ?? "", undefined)).body;
  const challenge = (challenges as { readonly type: string; readonly url: string; readonly token: string }[]).find(
    ({ type }) => type === "device-attest-01",
  );
  if (challenge === undefined) throw new Error("there is no challenge device-attest-01");
  return { url: location, finalize: textIn(body, "finalize"), challenge };
};

/** Answers the challenge. @returns the challenge afterwards. @throws AcmeRefused */
export const answerChallenge = async (
  session: AcmeSession,
  { challenge }: Order,
  attestation: Buffer | undefined,
): Promise<AcmeAnswer["body"]> => {
  const payload = attestation === undefined ? {} : { attObj: attestation.toString("base64url") };
  return (await session.post(challenge.url, payload)).body;
};

/** Has a key certified. @returns DER. @throws AcmeRefused */
export const finalize = async (
  session: AcmeSession,
  { finalize: url }: Order,
  { key, names, subject, usage }: Pick<AcmeRequest, "key" | "names" | "subject" | "usage">,
): Promise<Buffer> => {
  const csr = await certificateSigningRequest({ subject, key, names, usage });
  const { body } = await session.post(url, { csr: csr.toString("base64url") });
  const chain = (await session.post(textIn(body, "certificate"), undefined)).raw.toString();
  return new X509Certificate(chain).raw;
};

/** Gets a certificate as a device does (RFC 8555, draft-ietf-acme-device-attest). @throws AcmeRefused */
export const requestByAcme = async (door: AppleDoor, request: AcmeRequest): Promise<Identity> => {
  const session = await AcmeSession.open(door, request.directoryUrl, await makeEcKey());
  const ordered = await order(session, request.clientIdentifier);
  const answered = await answerChallenge(session, ordered, await request.attest?.(ordered.challenge.token));
  if (answered["status"] !== "valid") throw new Error(`the challenge is ${JSON.stringify(answered)}`);
  return { key: request.key, certificate: await finalize(session, ordered, request) };
};
