import type { Agent, Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";

/** As the services themselves: a connection must not be closed at the moment when somebody takes it up again. */
const KEEP_ALIVE_MS = 75_000;

export interface Ingress {
  readonly port: number;
  /** Ends what is under way, too. */
  stop(): Promise<void>;
}

/** Lets requests in. `agent` is what they are passed on with, and `upgraded` the sockets that are no requests any more. */
export async function openIngress(
  server: HttpServer | HttpsServer,
  { port, host }: { readonly port: number; readonly host: string },
  agent: Agent,
  upgraded: ReadonlySet<Socket> = new Set(),
): Promise<Ingress> {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          agent.destroy();
          resolve();
        });
        for (const socket of upgraded) socket.destroy();
        server.closeAllConnections();
      }),
  };
}
