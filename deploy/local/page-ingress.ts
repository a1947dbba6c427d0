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
  const server = createServer((request, response) => {
    passOn(request, ingressKey);
    proxy.web(request, response, { target: gateway.next(), agent }).catch(() => response.destroy());
  });
  proxy.on("error", (_error, _request, response) => {
    if (response instanceof ServerResponse && !response.headersSent) response.writeHead(502).end();
    else response?.destroy();
  });
  return openIngress(server, options, agent);
}
