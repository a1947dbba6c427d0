import { connect, type TLSSocket } from "node:tls";
import { tcpTarget } from "../tcp-target.ts";
import type { AgentIdentity } from "./agent-door.ts";

export interface IdleStreamsOptions {
  readonly server: string;
  readonly ca: string;
  /** One per stream; a load may give many agents the same key, but each has its own certificate. */
  readonly identities: readonly AgentIdentity[];
  /** How many handshakes are under way at once. */
  readonly opening?: number;
}

export interface IdleStreams {
  /** Streams that were answered 200 and still stand. */
  standing(): number;
  /** Streams that were refused or ended, by what happened. */
  readonly lost: ReadonlyMap<string, number>;
  /** Lines received on all streams so far: hello, pings and wakes. */
  lines(): number;
  close(): Promise<void>;
}

/**
 * Opens many agent streams and leaves them idle. Only a TLS socket is kept for each, about 100 kB here, because
 * every one has a certificate of its own. The process needs as many file descriptors as there are streams.
 */
export const openIdleStreams = async ({
  server,
  ca,
  identities,
  opening = 64,
}: IdleStreamsOptions): Promise<IdleStreams> => {
  const { host } = new URL(server);
  const sockets = new Set<TLSSocket>();
  const lost = new Map<string, number>();
  let lines = 0;
  let closing = false;

  const open = (identity: AgentIdentity): Promise<void> =>
    new Promise((resolve) => {
      const cert = [identity.certificate, ...identity.chain].join("\n");
      const socket = connect({ ...tcpTarget(server), ca, cert, key: identity.privateKey });
      let reason = "closed";
      let answered = false;
      socket.once("secureConnect", () => {
        socket.write(`GET /agent/v1/stream HTTP/1.1\r\nhost: ${host}\r\naccept: application/x-ndjson\r\n\r\n`);
      });
      socket.setTimeout(30_000, () => {
        reason = "no answer in time";
        socket.destroy();
      });
      socket.on("data", (bytes: Buffer) => {
        if (!answered) {
          answered = true;
          const status = bytes.toString("latin1", 9, 12);
          if (status === "200") {
            socket.setTimeout(0);
            sockets.add(socket);
          } else {
            reason = `answered ${status}`;
            socket.destroy();
          }
          resolve();
        }
        // Each message ends with a bare line feed after its closing brace; chunk frames and the head do not.
        for (let at = bytes.indexOf("}\n"); at >= 0; at = bytes.indexOf("}\n", at + 1)) lines += 1;
      });
      socket.on("error", (error) => {
        reason = error.message;
      });
      socket.once("close", () => {
        sockets.delete(socket);
        if (!closing) lost.set(reason, (lost.get(reason) ?? 0) + 1);
        resolve();
      });
    });

  const waiting = [...identities];
  const openInTurn = async (): Promise<void> => {
    for (let identity = waiting.pop(); identity !== undefined; identity = waiting.pop()) await open(identity);
  };
  await Promise.all(Array.from({ length: opening }, openInTurn));

  return {
    standing: () => sockets.size,
    lost,
    lines: () => lines,
    async close() {
      closing = true;
      const ended = [...sockets].map(
        (socket) => new Promise<void>((resolve) => void socket.once("close", () => resolve())),
      );
      for (const socket of sockets) socket.destroy();
      await Promise.all(ended);
    },
  };
};
