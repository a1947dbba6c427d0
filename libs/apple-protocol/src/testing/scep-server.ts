import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { CipherName } from "../cms/ciphers.ts";
import { degenerate } from "../cms/sign-data.ts";
import { scepCapabilities } from "../scep/capabilities.ts";
import { scepMessageInQuery } from "../scep/query-message.ts";
import { openScepMessage, readScepMessage, type ScepMessageType } from "../scep/read-message.ts";
import { type ScepOutcome, writeScepReply } from "../scep/write-reply.ts";
import { readCertificateRequest } from "../x509/read-request.ts";
import { type TestIdentity, testLeaf } from "./test-authority.ts";

/** What a client sent, as the codecs read it. */
export interface SeenRequest {
  readonly type: ScepMessageType;
  readonly digest: string;
  readonly cipher: CipherName;
  readonly method: string | undefined;
  readonly subject: ReadonlyMap<string, string>;
  readonly signerSerial: string;
}

export interface ScepServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
}

interface ScepServerOptions {
  readonly authority: TestIdentity;
  /** Who opens requests and signs replies; the authority itself unless there is another. */
  readonly registration?: TestIdentity;
  readonly challenge: string;
  /** How often a client is told to come back before it gets its certificate. */
  readonly pending?: number;
  /** What is said of its abilities, unless it is all. */
  readonly capabilities?: string;
}

/** A SCEP server that is nothing but the codecs and a socket. */
export async function scepServer(options: ScepServerOptions): Promise<ScepServer> {
  const { authority, capabilities = scepCapabilities(false), challenge, registration = authority } = options;
  const seen: SeenRequest[] = [];
  const waiting = new Map<string, Buffer>();
  let { pending = 0 } = options;

  function answer(request: Buffer, method: string | undefined): Buffer {
    const message = readScepMessage(request);
    const { cipher, content } = openScepMessage(message, { ...registration, allowDes: true });
    const asked = message.type === "CertPoll" ? (waiting.get(message.transactionId) ?? Buffer.alloc(0)) : content;
    const csr = readCertificateRequest(asked);
    const { digest, signer, type } = message;
    seen.push({ type, digest, cipher, method, subject: csr.subject, signerSerial: signer.serialNumber });
    const outcome = (): ScepOutcome => {
      if (type !== "RenewalReq" && csr.challengePassword !== challenge)
        return { kind: "failed", failInfo: "badRequest" };
      if (pending-- > 0) {
        waiting.set(message.transactionId, asked);
        return { kind: "pending" };
      }
      return {
        kind: "issued",
        certificate: testLeaf(authority, registration.key, csr.publicKey).certificate,
        chain: [authority.certificate],
        cipher,
      };
    };
    return writeScepReply(message, outcome(), { ...registration, senderNonce: randomBytes(16), now: new Date() });
  }

  async function reply(request: IncomingMessage): Promise<readonly [string, string | Buffer]> {
    const query = new URL(request.url ?? "/", "http://localhost").searchParams;
    switch (query.get("operation") ?? "PKIOperation") {
      case "GetCACaps":
        return ["text/plain", capabilities];
      case "GetCACert":
        return registration === authority
          ? ["application/x-x509-ca-cert", authority.certificate]
          : ["application/x-x509-ca-ra-cert", degenerate([registration.certificate, authority.certificate])];
      default: {
        const posted = request.method === "POST";
        const message = posted ? await buffer(request) : scepMessageInQuery(query.get("message") ?? "");
        return ["application/x-pki-message", answer(message, request.method)];
      }
    }
  }

  const server = createServer((request, response) => {
    reply(request).then(
      ([type, body]) => response.writeHead(200, { "content-type": type }).end(body),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scep`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}
