import { generateKeyPairSync, KeyObject, randomUUID, webcrypto } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { CompactSign, calculateJwkThumbprint, exportJWK, GeneralSign, type JWK } from "jose";
import type { CommandResult } from "../commands/command.ts";
import { x509 } from "../machine/x509.ts";

const P256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

export interface TestServer {
  readonly url: string;
  readonly caPem: string;
  token: string;
  readonly deviceId: string;
  /** Signs commands with a new key from now on, and announces it, signed by both. */
  rotateKeys(): Promise<void>;
  /** Emits `stream`, `checkin` (body), `result` (CommandResult), `answers` (body), `log` (body), `enrolled`, `refused`, `renewed`. */
  readonly events: EventEmitter;
  readonly results: readonly CommandResult[];
  /** What `config` answers; an agent asks at its start. */
  config: object;
  /** What `log` is answered with. */
  logStatus: number;
  /** Answers of the question loop's next read. */
  queries: Record<string, string>;
  discovery: Record<string, string>;
  /** How long the certificates live that it issues from now on. */
  certificateLifeMs: number;
  /** Refuses the next request of every kind with agent.reenroll. */
  reenroll: boolean;
  acceptResults: boolean;
  pingSec: number;
  streamStatus: number;
  queue(command: {
    readonly id?: string;
    readonly type: string;
    readonly params?: object;
    readonly notAfter?: Date;
  }): Promise<string>;
  wake(work: "commands" | "queries"): void;
  dropStream(): void;
  stop(): Promise<void>;
}

/** The server side of the agent protocol, just enough of it, over real mutual TLS. A command is offered until its result is accepted. */
export async function startTestServer(): Promise<TestServer> {
  const ca = await createAuthority();
  const serverCertificate = await ca.issue("localhost", 3600_000);
  const newKey = async (kid: string) => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "EdDSA" } };
  };
  let signing = await newKey("k1");
  let commandKeys = { keys: [signing.jwk] };
  let announcement: object | undefined;
  const events = new EventEmitter();
  const results: CommandResult[] = [];
  const open = new Map<string, string>();
  const streams = new Set<ServerResponse>();
  const deviceId = randomUUID();

  const issueTo = async (csr: string) => {
    const request = new x509.Pkcs10CertificateRequest(csr);
    if (!(await request.verify())) throw new Error("the request is not signed by its key");
    const certificate = await ca.sign(
      request.publicKey,
      `urn:muster:device:t1:${deviceId}:1`,
      server.certificateLifeMs,
    );
    return { certificate, chain: [ca.pem], nodeKey: `node-${randomUUID()}` };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const reply = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const body = JSON.parse((await textOf(request)) || "{}");
    const known = (request.socket as TLSSocket).authorized;
    const path = request.url ?? "";
    if (path === "/agent/v1/enroll") {
      if (body.token !== server.token) {
        reply(403, { code: "enrollment.token_unknown", detail: "no such token" });
        return events.emit("refused");
      }
      server.reenroll = false;
      const issued = await issueTo(body.csr);
      reply(200, { deviceId, tenant: "t1", ...issued, commandKeys, checkinIntervalSec: 60, ownership: "corporate" });
      return events.emit("enrolled", body);
    }
    if (path.startsWith("/api/osquery/")) {
      if (path.endsWith("/config")) return reply(200, server.config);
      if (path.endsWith("/log")) {
        reply(server.logStatus, {});
        return events.emit(server.logStatus === 200 ? "log" : "log refused", body);
      }
      if (path.endsWith("/read")) {
        reply(200, { queries: server.queries, discovery: server.discovery });
        server.queries = {};
        return undefined;
      }
      reply(200, {});
      return events.emit("answers", body);
    }
    if (!known || server.reenroll) return reply(401, { code: "agent.reenroll" });
    switch (path) {
      case "/agent/v1/stream":
        if (server.streamStatus !== 200) return reply(server.streamStatus, {});
        response.writeHead(200, { "content-type": "application/x-ndjson" });
        response.write(`${JSON.stringify({ type: "hello", pingSec: server.pingSec })}\n`);
        streams.add(response);
        response.on("close", () => streams.delete(response));
        return events.emit("stream");
      case "/agent/v1/checkin":
        reply(200, {
          serverTime: new Date().toISOString(),
          commands: [...open.values()],
          nextSec: 60,
          ...(body.commandKeys !== (await digest(commandKeys)) && { commandKeys: announcement }),
        });
        return events.emit("checkin", body);
      case "/agent/v1/results": {
        const sent = body.results as CommandResult[];
        const accepted = server.acceptResults ? sent.map(({ commandId }) => commandId) : [];
        reply(200, { accepted });
        for (const result of sent) {
          results.push(result);
          if (result.state !== "running") open.delete(result.commandId);
          events.emit("result", result);
        }
        return undefined;
      }
      case "/agent/v1/renew":
        server.certificateLifeMs = 3600_000;
        reply(200, await issueTo(body.csr));
        return events.emit("renewed");
      case "/agent/v1/my-device":
        return reply(200, { url: "https://muster.example/my-device/open/t1/secret", expiresAt: new Date() });
      default:
        return reply(404, { code: "http.404" });
    }
  };

  const https = createServer(
    {
      cert: serverCertificate.pem,
      key: serverCertificate.key,
      ca: ca.pem,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => void handle(request, response).catch((error: unknown) => response.destroy(error as Error)),
  );
  https.listen(0, "127.0.0.1");
  await once(https, "listening");

  const server: TestServer = {
    url: `https://localhost:${(https.address() as AddressInfo).port}`,
    caPem: ca.pem,
    token: randomUUID(),
    deviceId,
    events,
    results,
    config: { options: { distributed_interval: 60 } },
    logStatus: 200,
    queries: {},
    discovery: {},
    certificateLifeMs: 3600_000,
    reenroll: false,
    acceptResults: true,
    pingSec: 30,
    streamStatus: 200,
    async queue({ id = randomUUID(), type, params = {}, notAfter = new Date(Date.now() + 3600_000) }) {
      const payload = {
        id,
        deviceId,
        type,
        params,
        createdAt: new Date().toISOString(),
        notAfter: notAfter.toISOString(),
      };
      const jws = await new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: "EdDSA", kid: signing.kid })
        .sign(signing.privateKey);
      open.set(id, jws);
      return id;
    },
    async rotateKeys() {
      const next = await newKey(`k${Number(signing.kid.slice(1)) + 1}`);
      commandKeys = { keys: [next.jwk] };
      const statement = new GeneralSign(Buffer.from(JSON.stringify({ issuedAt: new Date(), ...commandKeys })));
      for (const { kid, privateKey } of [next, signing]) {
        statement.addSignature(privateKey).setProtectedHeader({ alg: "EdDSA", kid, typ: "muster-command-keys" });
      }
      announcement = await statement.sign();
      signing = next;
    },
    wake(work) {
      for (const stream of streams) stream.write(`${JSON.stringify({ type: "wake", for: work })}\n`);
    },
    dropStream() {
      for (const stream of streams) stream.destroy();
    },
    async stop() {
      https.close();
      https.closeAllConnections();
      await once(https, "close");
    },
  };
  return server;
}

async function createAuthority() {
  const keys = await webcrypto.subtle.generateKey(P256, true, ["sign", "verify"]);
  const issuer = "CN=Test CA";
  const window = (lifeMs: number) => ({
    notBefore: new Date(Date.now() - 1000),
    notAfter: new Date(Date.now() + lifeMs),
  });
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: issuer,
    ...window(3600_000),
    keys,
    signingAlgorithm: P256,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  let serial = 2;
  const sign = async (publicKey: x509.PublicKeyType, uriOrHost: string, lifeMs: number) => {
    const type = uriOrHost.startsWith("urn:") ? "url" : "dns";
    const issued = await x509.X509CertificateGenerator.create({
      serialNumber: `${serial++}`.padStart(2, "0"),
      subject: "CN=device",
      issuer,
      ...window(lifeMs),
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: P256,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type, value: uriOrHost }])],
    });
    return issued.toString("pem");
  };
  return {
    pem: certificate.toString("pem"),
    sign,
    async issue(host: string, lifeMs: number) {
      const own = await webcrypto.subtle.generateKey(P256, true, ["sign", "verify"]);
      const pem = await sign(own.publicKey, host, lifeMs);
      return { pem, key: String(KeyObject.from(own.privateKey).export({ type: "pkcs8", format: "pem" })) };
    },
  };
}

const digest = async ({ keys }: { readonly keys: readonly JWK[] }): Promise<string> =>
  (await Promise.all(keys.map((key) => calculateJwkThumbprint(key)))).toSorted().join(".");

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
