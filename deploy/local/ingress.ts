import { Agent, type IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import { createProxyServer } from "httpxy";
import { type DoorService, serviceFor } from "./ingress-routes.ts";
import { type Ingress, openIngress } from "./open-ingress.ts";
import { passOn } from "./passed-on.ts";
import type { Upstream } from "./upstream.ts";

export interface IngressOptions {
  host: string;
  port: number;
  /** PEM. */
  cert: string;
  key: string;
  /** PEM of the authority whose client certificates are passed on. */
  deviceCa: string;
  /** Proves to a service that it is the ingress that speaks. */
  ingressKey: string;
  /** The replicas of each service behind it. */
  upstreams: Readonly<Record<DoorService, Upstream>>;
  /** How long a service may be silent: longer than the 30 s between the pings of a held stream. */
  silenceMs?: number;
}

/** The public origin of the device doors: TLS, client certificates, and which path belongs to which service. */
export function startIngress(options: IngressOptions): Promise<Ingress> {
  const { silenceMs = 90_000, upstreams } = options;
  const proxy = createProxyServer({ proxyTimeout: silenceMs, upgradeTimeout: silenceMs });
  // Ten thousand agents hold a stream each, so the number of sockets has no bound here.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });
  const server = createServer({
    cert: options.cert,
    key: options.key,
    ca: options.deviceCa,
    requestCert: true,
    // Most devices prove themselves otherwise; whether one without a certificate may come in is its service's business.
    rejectUnauthorized: false,
    headersTimeout: 15_000,
    requestTimeout: 300_000,
  });

  proxy.on("error", (_error, _request, response) => {
    if (response instanceof ServerResponse && !response.headersSent) {
      refuse(response, 502, "ingress.service_unavailable", "The service behind this path does not answer. Try again.");
    } else if (response !== undefined) {
      destroy(response);
    }
  });

  // A device that vanishes ends no stream: without this its half of a WebSocket would stay open towards the service.
  proxy.on("proxyReqWs", (proxyRequest, _request, socket) => {
    proxyRequest.once("upgrade", (_response, upstream) => {
      socket.once("close", () => upstream.destroy());
      upstream.once("close", () => socket.destroy());
    });
  });

  server.on("request", (request, response) => {
    const service = serviceFor(request.url ?? "");
    if (service === undefined) {
      refuse(response, 404, "ingress.unknown_path", "No device door has this path.");
      return;
    }
    passOn(request, options.ingressKey);
    proxy.web(request, response, { target: upstreams[service].next(), agent }).catch(() => destroy(response));
  });

  const upgraded = new Set<Socket>();
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const service = serviceFor(request.url ?? "");
    if (service === undefined) {
      socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    passOn(request, options.ingressKey);
    proxy.ws(request, socket, { target: upstreams[service].next() }, head).catch(() => socket.destroy());
  });

  return openIngress(server, options, agent, upgraded);
}

function refuse(response: ServerResponse, status: number, code: string, detail: string): void {
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ type: "about:blank", status, code, detail }));
}

function destroy(response: ServerResponse | Socket): void {
  if (!response.destroyed) response.destroy();
}
