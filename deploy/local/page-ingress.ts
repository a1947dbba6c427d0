import { Agent, createServer, ServerResponse } from "node:http";
import { createProxyServer } from "httpxy";
import { type Ingress, openIngress } from "./open-ingress.ts";
import { passOn } from "./passed-on.ts";
import type { Upstream } from "./upstream.ts";

export interface PageIngressOptions {
  readonly host: string;
  readonly port: number;
  readonly ingressKey: string;
  readonly gateway: Upstream;
}

/** The public origin of page and REST API, where the gateway has several replicas. */
export function startPageIngress(options: PageIngressOptions): Promise<Ingress> {
  const { ingressKey, gateway } = options;
  const proxy = createProxyServer();
  const agent = new Agent({ keepAlive: true });
  // As the gateway itself: a connection must not be closed at the moment when somebody takes it up again.
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    passOn(request, ingressKey);
    proxy.web(request, response, { target: gateway.next(), agent }).catch(() => response.destroy());
  });
  proxy.on("error", (_error, _request, response) => {
    if (response instanceof ServerResponse && !response.headersSent) response.writeHead(502).end();
    else response?.destroy();
  });
  return openIngress(server, options, agent);
}
