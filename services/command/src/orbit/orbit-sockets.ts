import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { NodeKeyVerifier } from "@muster/device-identity/node-key";
import type { HttpDoor } from "@muster/host/http-door";
import type { Logger } from "@muster/host/logging";
import { type WebSocket, WebSocketServer } from "ws";
import type { Held, HeldChannels, Work } from "../channel/held-channels.ts";
import { fleetError } from "./fleet-errors.ts";

/**
 * While its socket is open fleetd reads no questions unless it is told to, so it is told with each ping: that is how what comes
 * due by the clock, and what a lost wake was for, is asked. It gives a socket up after ten minutes without a word.
 */
export const SOCKET_PING_MS = 60_000;

const PATH = "/api/fleet/orbit/notifications";
const GOING_AWAY = 1001;
/** fleetd says nothing but pongs; more than this is not fleetd. */
const MAX_PAYLOAD = 4 * 1024;

const FRAMES: Readonly<Record<Work, string>> = {
  commands: JSON.stringify({ type: "orbit/config", reason: "activity", data: null }),
  queries: JSON.stringify({ type: "distributed/read", reason: "refetch", data: null }),
};

export interface OrbitSocketDeps {
  readonly verifier: NodeKeyVerifier;
  readonly isCurrent: (identity: DeviceIdentity) => Promise<boolean>;
  readonly channels: HeldChannels;
  readonly log: Logger;
}

/** The WebSocket over which fleetd is told to come and ask; no work travels on it. */
export function openOrbitSockets(door: HttpDoor, { verifier, isCurrent, channels, log }: OrbitSocketDeps): void {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD,
    clientTracking: false,
  });
  const admit = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    if (request.url?.split("?")[0] !== PATH) return refuseUpgrade(socket, 404, "there is nothing to upgrade here");
    const identity = verifier.verify(nodeKeyIn(request));
    if (identity?.method !== "orbit" || !(await isCurrent(identity)))
      return refuseUpgrade(socket, 401, "the orbit node key is not, or no longer, good");
    if (!channels.hasRoomFor(identity))
      return refuseUpgrade(socket, 503, "this replica holds as many sockets as it may");
    server.handleUpgrade(request, socket, head, (webSocket) => hold(webSocket, identity, channels));
  };
  door.server.on("upgrade", (request, socket, head) => {
    const broken = () => socket.destroy();
    socket.on("error", broken);
    admit(request, socket, head).then(
      () => socket.off("error", broken),
      (error: unknown) => {
        log.error({ err: error }, "socket could not be opened");
        refuseUpgrade(socket, 500, "the request failed here; it can be sent again");
      },
    );
  });
}

const nodeKeyIn = ({ headers }: IncomingMessage): string | undefined =>
  /^Node key (\S+)$/i.exec(headers.authorization ?? "")?.[1];

function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  const body = JSON.stringify(fleetError(STATUS_CODES[status] ?? "", reason));
  const retry = status === 503 ? "retry-after: 30\r\n" : "";
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json\r\n${retry}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function hold(socket: WebSocket, { tenant, deviceId }: DeviceIdentity, channels: HeldChannels): void {
  let answered = true;
  const held: Held = {
    tenant,
    deviceId,
    isStalled: () => socket.bufferedAmount > 0,
    ping: () => {
      // Two pings without a pong between them: nobody is there.
      if (!answered) return socket.terminate();
      answered = false;
      socket.ping();
      socket.send(FRAMES.queries);
    },
    wake: (work) => socket.send(FRAMES[work]),
    end: () => socket.close(GOING_AWAY),
    drop: () => socket.terminate(),
  };
  socket.on("pong", () => {
    answered = true;
  });
  socket.on("close", () => channels.remove(held));
  socket.on("error", () => socket.terminate());
  channels.add(held);
  // What came while the socket was closed is waiting.
  socket.send(FRAMES.queries);
}
