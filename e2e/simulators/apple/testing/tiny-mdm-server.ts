import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";
import type { TLSSocket } from "node:tls";
import { Arrivals } from "../../arrivals.ts";
import { tinyAuthority } from "../../testing/tiny-authority.ts";
import { isSignedByOneOf } from "../crypto/certificate.ts";
import { openSignedData, signedDataOf } from "../crypto/signed-data.ts";
import { type Plist, plistOf } from "../plist/plist-value.ts";
import { readPlist } from "../plist/read-plist.ts";
import { writePlist } from "../plist/write-plist.ts";
import { tinyMdmProfile } from "./tiny-mdm-profile.ts";
import { tinyScepAuthority } from "./tiny-scep-authority.ts";

export interface TinyMessage {
  readonly path: string;
  readonly method: string;
  readonly message: Plist;
  readonly headers: IncomingHttpHeaders;
  /** DER of whose key signed it, or whose certificate was shown in the handshake. */
  readonly signer: Buffer | undefined;
  /** To tell kept connections from new ones. */
  readonly remotePort: number;
}

export interface TinyReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** The headers of a profile. */
export const PROFILE_HEADERS = { "content-type": "application/x-apple-aspen-config" } as const;

/** As little of an MDM server as shows that a device follows the protocol, with real TLS, SCEP and signatures. */
export const tinyMdmServer = async (test: Pick<TestContext, "after">) => {
  const [authority, scep] = await Promise.all([tinyAuthority(), tinyScepAuthority()]);
  const checkins = new Arrivals<TinyMessage>();
  const reports = new Arrivals<TinyMessage>();
  const queue: Plist[] = [];
  /** What a test answers itself, before anything else is looked at. */
  const answers: {
    reply?: (request: TinyMessage, raw: Buffer) => TinyReply | undefined | Promise<TinyReply | undefined>;
  } = {};

  const profile = (mdm: Plist = {}): Buffer => {
    const challenge = randomUUID();
    scep.challenges.add(challenge);
    return Buffer.from(
      writePlist(tinyMdmProfile({ origin: url(), challenge, caCertificate: scep.ca.certificate, mdm })),
    );
  };
  const signed = (bytes: Buffer): Buffer => signedDataOf({ content: bytes, by: scep.ca, at: new Date() }).message;

  /** Commands wait until something final is said about them; what was put off is not asked for again in the session. */
  const next = ({ message }: TinyMessage, putOff: ReadonlySet<unknown>): TinyReply => {
    if (message["Status"] !== "Idle" && message["Status"] !== "NotNow") {
      const place = queue.findIndex(({ CommandUUID }) => CommandUUID === message["CommandUUID"]);
      if (place >= 0) queue.splice(place, 1);
    }
    const user = message["UserShortName"];
    const command = queue.find(({ CommandUUID, User }) => !putOff.has(CommandUUID) && User === user);
    if (command === undefined) return {};
    return { body: writePlist({ CommandUUID: command["CommandUUID"], Command: command["Command"] }) };
  };
  const putOff = new Set<unknown>();

  const signerOf = (headers: IncomingHttpHeaders, raw: Buffer, socket: TLSSocket): Buffer | undefined => {
    const header = headers["mdm-signature"];
    if (typeof header === "string") return openSignedData(Buffer.from(header, "base64"), raw).signer;
    const shown = socket.getPeerCertificate();
    return shown.raw;
  };

  const serve = async (request: TinyMessage, raw: Buffer): Promise<TinyReply> => {
    const own = await answers.reply?.(request, raw);
    if (own !== undefined) return own;
    const { pathname } = new URL(request.path, url());
    if (pathname === "/scep") {
      const { contentType, body } = await scep.answer(new URL(request.path, url()), raw);
      return { headers: { "content-type": contentType }, body };
    }
    if (pathname === "/enroll") return { headers: PROFILE_HEADERS, body: signed(profile()) };
    if (request.signer === undefined || !isSignedByOneOf(request.signer, [scep.ca.certificate])) return { status: 403 };
    if (pathname === "/checkin") return {};
    if (pathname !== "/connect") return { status: 404 };
    if (request.message["Status"] === "Idle") putOff.clear();
    if (request.message["Status"] === "NotNow") putOff.add(request.message["CommandUUID"]);
    return next(request, putOff);
  };

  const server = createServer(
    { ...authority.server, requestCert: true, rejectUnauthorized: false },
    (incoming, outgoing) => {
      void (async () => {
        const raw = await buffer(incoming);
        const xml = raw.subarray(0, 5).toString() === "<?xml";
        const request: TinyMessage = {
          path: incoming.url ?? "",
          method: incoming.method ?? "",
          message: xml ? plistOf(readPlist(raw)) : {},
          headers: incoming.headers,
          signer: signerOf(incoming.headers, raw, incoming.socket as TLSSocket),
          remotePort: incoming.socket.remotePort ?? 0,
        };
        const { status = 200, headers = {}, body = "" } = await serve(request, raw);
        outgoing.writeHead(status, headers).end(body);
        if (request.path === "/checkin") checkins.add(request);
        if (request.path === "/connect") reports.add(request);
      })().catch((error: unknown) => outgoing.writeHead(500).end(String(error)));
    },
  );
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  test.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = (): string => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: url(),
    ca: authority.ca,
    scep,
    checkins,
    reports,
    answers,
    profile,
    signed,
    /** Puts a command into the queue of the device or of one of its users. @returns its uuid. */
    enqueue(RequestType: string, more: Plist = {}, user?: string): string {
      const uuid = randomUUID();
      queue.push({ CommandUUID: uuid, Command: { RequestType, ...more }, User: user });
      return uuid;
    },
    /** What was reported about a command, whole. */
    async report(uuid: string, status?: string): Promise<Plist> {
      const fits = ({ message }: TinyMessage): boolean =>
        message["CommandUUID"] === uuid && (status === undefined || message["Status"] === status);
      return (await reports.first(fits, `a report of ${uuid}`)).message;
    },
  };
};

export type TinyMdmServer = Awaited<ReturnType<typeof tinyMdmServer>>;
