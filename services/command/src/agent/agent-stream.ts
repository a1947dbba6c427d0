import type { DeviceIdentity } from "@muster/device-identity/identity";
import type { FastifyReply } from "fastify";
import type { Held, HeldChannels, Work } from "../channel/held-channels.ts";
import { PING_MS } from "./ping-interval.ts";

const line = (message: object): string => `${JSON.stringify(message)}\n`;

// Written ten thousand times a round: made once.
const HELLO = line({ type: "hello", pingSec: PING_MS / 1_000 });
const PING = line({ type: "ping" });
const WAKE: Readonly<Record<Work, string>> = {
  commands: line({ type: "wake", for: "commands" }),
  queries: line({ type: "wake", for: "queries" }),
};

/** Answers with a stream that is held open until either side ends it. */
export function holdStream(reply: FastifyReply, { tenant, deviceId }: DeviceIdentity, channels: HeldChannels): void {
  reply.hijack();
  const response = reply.raw;
  const held: Held = {
    tenant,
    deviceId,
    isStalled: () => response.writableLength > 0,
    ping: () => response.write(PING),
    wake: (work) => response.write(WAKE[work]),
    end: () => response.end(),
    drop: () => response.destroy(),
  };
  response.on("close", () => channels.remove(held));
  // A stream that breaks is closed; there is nobody to tell.
  response.on("error", () => response.destroy());
  response.writeHead(200, {
    "content-type": "application/x-ndjson",
    "cache-control": "no-store",
    // Some proxies collect what they pass on unless they are told not to.
    "x-accel-buffering": "no",
  });
  response.write(HELLO);
  channels.add(held);
}
