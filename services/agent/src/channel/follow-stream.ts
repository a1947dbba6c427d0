import { createInterface } from "node:readline";
import type { Log } from "../log.ts";
import type { Backoff } from "./backoff.ts";
import { createBell } from "./bell.ts";
import type { Server } from "./server.ts";
import { asReenroll, ReenrollNeeded } from "./server-error.ts";

export interface StreamOptions {
  readonly server: Server;
  readonly backoff: Backoff;
  readonly onWake: (work: "commands" | "queries") => void;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Until the server says how often it pings. */
const PING_SEC = 30;

/**
 * Holds the wake-up stream open until the signal aborts. While there is none the other loops poll, so its failures
 * are no more than slower wake-ups. Rejects only with ReenrollNeeded.
 */
export async function followStream({ server, backoff, onWake, log, signal }: StreamOptions): Promise<void> {
  const pause = createBell();
  while (!signal.aborted) {
    let failure: unknown;
    try {
      await readUntilSilent(server, signal, (message) => {
        if (message.type === "hello") {
          backoff.reset();
          log.info("wake-up stream opened");
          // What was wished for while there was no stream is fetched now.
          onWake("commands");
          onWake("queries");
        }
        if (message.type === "wake" && message.for !== undefined) onWake(message.for);
      });
    } catch (error) {
      failure = asReenroll(error);
      if (failure instanceof ReenrollNeeded) throw failure;
    }
    if (signal.aborted) return;
    const waitMs = backoff.afterMs(failure);
    log.warn("wake-up stream lost, polling until it is back", { error: failure, waitMs });
    await pause.wait(waitMs, signal);
  }
}

interface StreamMessage {
  readonly type: "hello" | "ping" | "wake";
  readonly pingSec?: number;
  readonly for?: "commands" | "queries";
}

async function readUntilSilent(
  server: Server,
  signal: AbortSignal,
  onMessage: (message: StreamMessage) => void,
): Promise<void> {
  const response = await server.stream("/agent/v1/stream", signal);
  let pingSec = PING_SEC;
  const silent = () => response.destroy(new Error("the stream fell silent"));
  let timer = setTimeout(silent, 2 * pingSec * 1000);
  const stop = () => response.destroy();
  signal.addEventListener("abort", stop);
  // readline does not end when its input is destroyed, so the end is taken from the response itself.
  const failed = new Promise<never>((_, reject) => {
    response.on("error", reject);
    response.on("close", () => reject(new Error("the stream was closed")));
  });
  const read = async () => {
    for await (const line of createInterface({ input: response })) {
      if (line.trim() === "") continue;
      const message = JSON.parse(line) as StreamMessage;
      pingSec = message.pingSec ?? pingSec;
      clearTimeout(timer);
      timer = setTimeout(silent, 2 * pingSec * 1000);
      onMessage(message);
    }
  };
  try {
    await Promise.race([read(), failed]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    response.destroy();
  }
}
