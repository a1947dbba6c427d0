import { type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import { openEnvelope } from "@muster/apple-protocol/cms/open-envelope";
import { signData } from "@muster/apple-protocol/cms/sign-data";
import { verifySignedData } from "@muster/apple-protocol/cms/verify-signed-data";
import { type Checkin, readCheckin } from "@muster/apple-protocol/mdm/checkin";
import { writeCommand } from "@muster/apple-protocol/mdm/command";
import { scepPayload } from "@muster/apple-protocol/mdm/identity-payloads";
import { mdmPayload } from "@muster/apple-protocol/mdm/mdm-payload";
import { PROFILE_TYPE, writeProfile } from "@muster/apple-protocol/mdm/profile";
import { type Report, readReport } from "@muster/apple-protocol/mdm/report";
import { readPlist } from "@muster/apple-protocol/plist/read-plist";
import { openScepMessage, readScepMessage } from "@muster/apple-protocol/scep/read-message";
import { writeScepReply } from "@muster/apple-protocol/scep/write-reply";
import { issueCertificate, selfSigned } from "@muster/apple-protocol/x509/issue-certificate";
import { readCertificateRequest } from "@muster/apple-protocol/x509/read-request";
import type { AppleDoor, DoorAnswer, DoorRequest } from "../simulators/apple/wire/apple-door.ts";

const ORIGIN = "https://devices.example.org";
const DAY_MS = 86_400_000;
const life = () => ({ notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) });
const serial = (): Buffer => Buffer.concat([Buffer.of(0x4a), randomBytes(15)]);
const reply = (contentType: string, body: Buffer | string = "", status = 200): DoorAnswer => ({
  status,
  contentType,
  headers: { "content-type": contentType },
  body: Buffer.from(body),
});

export interface PlatformOptions {
  /** What the certificates that it issues say, the device's name on the wire. */
  readonly uri?: string;
  /** Takes what is sent to the ServerURL, instead of the commands that were asked here. */
  readonly connect?: (request: DoorRequest) => Promise<DoorAnswer>;
}

/** The platform's codecs put together to a server that a simulated device reaches without a network. */
export const platformOverADoor = (
  key: KeyObject,
  { uri = "urn:muster:apple:acme:e1", connect }: PlatformOptions = {},
) => {
  const subject = [
    ["O", "acme"],
    ["CN", "Devices"],
  ] as const;
  const keyUsage = ["keyCertSign", "cRLSign", "digitalSignature", "keyEncipherment"] as const;
  const ca = { key, certificate: selfSigned(key, { subject, keyUsage, ca: true, serial: serial(), ...life() }) };
  const checkins: Checkin[] = [];
  const reports: Report[] = [];
  const commands: Buffer[] = [];
  const challenges = new Set<string>();
  const requests: string[] = [];

  /** What is answered to check-ins of a type, beside nothing. */
  const answers = new Map<string, Buffer>();
  const posted: Buffer[] = [];

  const profile = (mode?: "BYOD"): Buffer => {
    const challenge = randomBytes(16).toString("hex");
    challenges.add(challenge);
    const content = writeProfile({
      identifier: "org.example.mdm",
      uuid: "A",
      payloads: [
        scepPayload({ identifier: "org.example.mdm.scep", uuid: "B", url: `${ORIGIN}/scep`, subject, challenge }),
        mdmPayload({
          identifier: "org.example.mdm.mdm",
          uuid: "C",
          identityUuid: "B",
          topic: "com.apple.mgmt.External.test",
          serverUrl: `${ORIGIN}/connect`,
          checkInUrl: `${ORIGIN}/checkin`,
          checksOut: true,
          serverCapabilities: ["com.apple.mdm.per-user-connections", "com.apple.mdm.bootstraptoken"],
          ...(mode === undefined ? {} : { account: { mode, managedAppleId: "ada@example.org" } }),
        }),
      ],
    });
    return signData({ content, ...ca, signingTime: new Date() });
  };

  const certify = (body: Buffer): Buffer => {
    const message = readScepMessage(body);
    const { content, cipher } = openScepMessage(message, ca);
    const request = readCertificateRequest(content);
    requests.push(`${message.type} ${cipher} ${message.digest}`);
    const now = { ...ca, senderNonce: randomBytes(16), now: new Date() };
    if (!challenges.delete(request.challengePassword ?? ""))
      return writeScepReply(message, { kind: "failed", failInfo: "badRequest" }, now);
    const certificate = issueCertificate(ca, {
      publicKey: request.publicKey,
      subject: [["CN", "device"]],
      keyUsage: ["digitalSignature", "keyEncipherment"],
      clientAuth: true,
      uris: [uri],
      serial: serial(),
      ...life(),
    });
    return writeScepReply(message, { kind: "issued", certificate, cipher }, now);
  };

  const proven = ({ headers = {}, body = "" }: DoorRequest): boolean => {
    const message = Buffer.from(headers["mdm-signature"] ?? "", "base64");
    const { signer } = verifySignedData(message, { content: Buffer.from(body) });
    return signer.verify(new X509Certificate(ca.certificate).publicKey);
  };

  const door: AppleDoor = {
    async send(request) {
      const { pathname, searchParams } = new URL(request.url);
      const body = Buffer.from(request.body ?? "");
      if (pathname === "/enroll") return reply(PROFILE_TYPE, profile());
      if (pathname === "/scep") {
        const operation = searchParams.get("operation");
        if (operation === "GetCACaps") return reply("text/plain", "AES\nPOSTPKIOperation\nSHA-256\nSCEPStandard");
        if (operation === "GetCACert") return reply("application/x-x509-ca-cert", ca.certificate);
        return reply("application/x-pki-message", certify(body));
      }
      if (pathname === "/automated") {
        posted.push(body);
        return reply(PROFILE_TYPE, profile());
      }
      if (pathname === "/connect" && connect !== undefined) return await connect(request);
      if (!proven(request)) return reply("", "", 403);
      if (pathname === "/checkin") {
        const checkin = readCheckin(readPlist(body));
        checkins.push(checkin);
        const endpoint = checkin.type === "DeclarativeManagement" ? checkin.endpoint : "";
        return reply("", answers.get(`${checkin.type} ${endpoint}`.trim()) ?? "");
      }
      reports.push(readReport(readPlist(body)));
      return reply("application/xml", commands.shift() ?? "");
    },
    close: async () => undefined,
  };

  return {
    door,
    checkins,
    reports,
    requests,
    challenges,
    profile,
    answers,
    posted,
    automatedUrl: `${ORIGIN}/automated`,
    enrollUrl: `${ORIGIN}/enroll`,
    ask: (uuid: string, command: Parameters<typeof writeCommand>[1]): void =>
      void commands.push(writeCommand(uuid, command)),
    ca,
    open: (message: Uint8Array): string => openEnvelope(message, ca).content.toString(),
  };
};
