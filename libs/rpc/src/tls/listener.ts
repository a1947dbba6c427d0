import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type PeerCertificate, type TLSSocket } from "node:tls";
import { type Server, ServerCredentials } from "@grpc/grpc-js";
import type { Logger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { mayCall, type ServiceName } from "../calls.ts";
import type { Secured } from "./secured.ts";
import { servicesOf } from "./service-uri.ts";

/** A peer that does not speak would hold its connection for two minutes. */
const HANDSHAKE_MS = 10_000;

export interface Listening {
  readonly port: number;
  /** Takes no more connections; those that are there go on. */
  readonly close: () => void;
}

/**
 * Listens for the server, and lets in who has a certificate of our authority. The library listens too, but tells nobody
 * of a peer that it turned away.
 */
export async function listenSecured(
  server: Server,
  port: number,
  { certificates }: Secured,
  log: Logger,
): Promise<Listening> {
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const listener = createServer({
    ...certificates.current,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.3",
    ALPNProtocols: ["h2"],
    handshakeTimeout: HANDSHAKE_MS,
    noDelay: true,
  });
  certificates.onRenewed((renewed) => listener.setSecureContext({ ...renewed, minVersion: "TLSv1.3" }));
  listener.on("secureConnection", (socket: TLSSocket) => {
    // A connection that breaks is the library's to notice; unheard, its error would end the process.
    socket.on("error", (error) => log.debug({ err: error }, "connection of a service broke"));
    injector.injectConnection(socket);
  });
  listener.on("tlsClientError", (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    const reason = socket.authorizationError ?? error.code ?? error.message;
    log.warn({ reason, peer: socket.remoteAddress }, "a peer and this service do not believe each other");
  });
  listener.listen(port, "0.0.0.0");
  await once(listener, "listening");
  return { port: (listener.address() as AddressInfo).port, close: () => listener.close() };
}

/** @throws Refusal unless the certificate is of a service that calls this one. */
export function admitPeer(certificate: PeerCertificate | undefined, service: ServiceName, log: Logger): void {
  const names = certificate?.subjectaltname;
  if (servicesOf(names).some((name) => mayCall(name, service))) return;
  log.warn({ names }, "refused a peer whose certificate is not of a service that calls this one");
  throw new Refusal("rpc.forbidden", "forbidden", `${service} does not answer ${names ?? "a peer without names"}`);
}
