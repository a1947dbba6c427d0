import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";

/** What only the ingress may say; from outside it would be a forgery (RFC 9440 §2.4). */
const TRUSTED_HEADERS = ["client-cert", "client-cert-chain", "muster-ingress-key", "x-forwarded-for", "forwarded"];

/** Replaces what a stranger may have written into a request by what the ingress knows. */
export function passOn(request: IncomingMessage, ingressKey: string): void {
  for (const name of TRUSTED_HEADERS) delete request.headers[name];
  const socket = request.socket as TLSSocket;
  request.headers["muster-ingress-key"] = ingressKey;
  request.headers["x-forwarded-for"] = socket.remoteAddress?.replace(/^::ffff:/, "") ?? "";
  // A resumed session can be "authorized" without a certificate, so both are asked.
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (certificate !== undefined) request.headers["client-cert"] = `:${certificate.raw.toString("base64")}:`;
}
