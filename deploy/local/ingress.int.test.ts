import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, before, beforeEach, describe, it } from "node:test";
import { connect } from "node:tls";
import { createAuthority, issueCertificate, type KeyPairPem } from "./certificates.ts";
import { startIngress } from "./ingress.ts";
import type { Ingress } from "./open-ingress.ts";
import { Upstream } from "./upstream.ts";

const KEY = "the-ingress-key";
const LOCALHOST = [{ type: "dns", value: "localhost" } as const];

let serverCa: KeyPairPem;
let deviceCa: KeyPairPem;
let server: KeyPairPem;
let device: KeyPairPem;
let stranger: KeyPairPem;
before(async () => {
  const now = new Date();
  [serverCa, deviceCa] = await Promise.all([createAuthority("servers", now), createAuthority("devices", now)]);
  const otherCa = await createAuthority("elsewhere", now);
  server = await issueCertificate(serverCa, ["serverAuth"], LOCALHOST, now);
  device = await issueCertificate(deviceCa, ["clientAuth"], LOCALHOST, now);
  stranger = await issueCertificate(otherCa, ["clientAuth"], LOCALHOST, now);
});

let upstream: Server;
let answer: RequestListener;
let ingress: Ingress;
beforeEach(async () => {
  upstream = createServer((incoming, response) => answer(incoming, response)).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const only = new Upstream([
    { origin: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`, isReady: async () => true },
  ]);
  ingress = await startIngress({
    host: "127.0.0.1",
    port: 0,
    ...server,
    deviceCa: deviceCa.cert,
    ingressKey: KEY,
    upstreams: { enrollment: only, inventory: only, command: only, notification: only },
  });
});
afterEach(async () => {
  await ingress.stop();
  upstream.closeAllConnections();
  upstream.close();
});

interface Call {
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  identity?: KeyPairPem;
  agent?: Agent;
}

function call({ path = "/agent/v1/checkin", method = "GET", headers = {}, identity, agent }: Call = {}) {
  const url = { host: "localhost", port: ingress.port, path, method };
  const outgoing = request({ ...url, headers, ca: serverCa.cert, ...identity, agent: agent ?? false });
  return { outgoing, response: once(outgoing, "response").then(([response]) => response as IncomingMessage) };
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  return Buffer.concat(await response.toArray()).toString();
}

/** What the service behind the ingress is told about a call. */
async function headersSeen(options: Call): Promise<Record<string, string>> {
  answer = (incoming, response) => response.end(JSON.stringify(incoming.headers));
  const { outgoing, response } = call(options);
  outgoing.end();
  return JSON.parse(await bodyOf(await response)) as Record<string, string>;
}

const certificateOf = ({ cert }: KeyPairPem): string => `:${cert.replaceAll(/-----[A-Z ]+-----|\s/g, "")}:`;

describe("the ingress", { timeout: 120_000 }, () => {
  it("passes on the certificate of a device, and proves that it is the ingress", async () => {
    const seen = await headersSeen({ identity: device });
    assert.equal(seen["client-cert"], certificateOf(device));
    assert.equal(seen["muster-ingress-key"], KEY);
    assert.equal(seen["x-forwarded-for"], "127.0.0.1");
  });

  it("drops what a caller forges", async () => {
    const headers = {
      "client-cert": certificateOf(device),
      "muster-ingress-key": "guess",
      "x-forwarded-for": "9.9.9.9",
    };
    const seen = await headersSeen({ headers });
    assert.equal(seen["client-cert"], undefined);
    assert.equal(seen["muster-ingress-key"], KEY);
    assert.equal(seen["x-forwarded-for"], "127.0.0.1");
  });

  it("takes a certificate of another authority for none", async () => {
    assert.equal((await headersSeen({ identity: stranger }))["client-cert"], undefined);
  });

  it("does not take a resumed session without a certificate for a device", async () => {
    const agent = new Agent({ maxCachedSessions: 10 });
    for (const headers of [{ connection: "close" }, { connection: "close" }]) {
      assert.equal((await headersSeen({ agent, headers }))["client-cert"], undefined);
    }
    agent.destroy();
  });

  it("answers an unknown path itself", async () => {
    const { outgoing, response } = call({ path: "/api/v1/devices" });
    outgoing.end();
    const { statusCode, headers } = await response;
    assert.equal(statusCode, 404);
    assert.equal(headers["content-type"], "application/problem+json");
  });

  it("says 502 while a service is down", async () => {
    upstream.close();
    await once(upstream, "close");
    const { outgoing, response } = call({ path: "/api/osquery/config", method: "POST" });
    outgoing.end("{}");
    const problem = await response;
    assert.equal(problem.statusCode, 502);
    assert.equal((JSON.parse(await bodyOf(problem)) as { code: string }).code, "ingress.service_unavailable");
  });

  it("hands on each piece of a held response as it comes, and tells the service when the device leaves", async () => {
    const left = Promise.withResolvers<void>();
    answer = (_incoming, response) => {
      response.write("first\n");
      response.once("close", () => left.resolve());
      onward = () => response.write("second\n");
    };
    let onward: () => void = () => undefined;
    const { outgoing, response } = call({ path: "/agent/v1/stream" });
    outgoing.end();
    const stream = await response;
    assert.equal(String((await once(stream, "data"))[0]), "first\n");
    onward();
    assert.equal(String((await once(stream, "data"))[0]), "second\n");
    outgoing.on("error", () => undefined).destroy();
    await left.promise;
  });

  it("hands on a request body as it comes, however large", async () => {
    const size = 40 * 1024 ** 2;
    answer = async (incoming, response) => {
      let received = 0;
      for await (const chunk of incoming) received += (chunk as Buffer).length;
      response.end(String(received));
    };
    const { outgoing, response } = call({ path: "/api/osquery/log", method: "POST" });
    outgoing.end(Buffer.alloc(size));
    assert.equal(await bodyOf(await response), String(size));
  });

  it("carries a WebSocket both ways, and tells the service when the device vanishes", async () => {
    const left = Promise.withResolvers<void>();
    upstream.on("upgrade", (incoming: IncomingMessage, socket: Socket) => {
      assert.equal(incoming.headers["muster-ingress-key"], KEY);
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
      socket.once("close", () => left.resolve()).pipe(socket);
    });
    const socket = connect({ host: "localhost", port: ingress.port, ca: serverCa.cert });
    await once(socket, "secureConnect");
    socket.write(
      "GET /api/fleet/orbit/notifications HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    assert.match(String((await once(socket, "data"))[0]), /^HTTP\/1\.1 101 /);
    socket.write("hello");
    assert.equal(String((await once(socket, "data"))[0]), "hello");
    socket.destroy();
    await left.promise;
  });
});
