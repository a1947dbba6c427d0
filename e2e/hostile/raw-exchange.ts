import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { connect as connectTls } from "node:tls";
import { tcpTarget } from "../simulators/tcp-target.ts";
import type { Door } from "./door.ts";

/** How an exchange ended: with an answer, with the connection closed, or with neither in time. */
export interface Exchange {
  readonly status: number | "closed" | "silence" | "unreachable";
  readonly ms: number;
  /** The first of the answer, to see why. */
  readonly answer: string;
}

export interface Wire {
  /** Sends and waits until the peer takes it. @returns false when there is no one left to send to. */
  send(bytes: string | Buffer): Promise<boolean>;
  pause(ms: number): Promise<void>;
}

const ANSWER_KEPT = 4096;

const open = ({ url, ca }: Door): Socket =>
  url.startsWith("https:")
    ? connectTls({ ...tcpTarget(url), ...(ca === undefined ? {} : { ca }) })
    : connect(tcpTarget(url));

/** Talks bytes to a door on a connection of its own, and listens from the first byte: refusals come before we are done. */
export const rawExchange = (door: Door, patienceMs: number, talk: (wire: Wire) => Promise<void>): Promise<Exchange> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const socket = open(door);
    let answer = "";
    let connected = false;
    const timers = new Set<NodeJS.Timeout>();

    const end = (without: "closed" | "silence" | "unreachable"): void => {
      clearTimeout(late);
      for (const timer of timers) clearTimeout(timer);
      socket.destroy();
      const code = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
      resolve({ status: code === undefined ? without : Number(code), ms: performance.now() - startedAt, answer });
    };
    const late = setTimeout(() => end("silence"), patienceMs);

    const wire: Wire = {
      send: (bytes) =>
        new Promise((sent) => {
          if (socket.destroyed || !socket.writable) return sent(false);
          socket.once("close", () => sent(false));
          return socket.write(bytes, () => sent(!socket.destroyed));
        }),
      pause: (ms) =>
        new Promise((passed) => {
          timers.add(setTimeout(passed, ms));
        }),
    };

    socket.setMaxListeners(0);
    socket.on("data", (bytes: Buffer) => {
      if (answer.length < ANSWER_KEPT) answer += bytes.toString("latin1");
      // The head and the beginning of the body are enough; whoever streams an answer for ever need not be awaited.
      const headDone = answer.includes("\r\n\r\n");
      const bodyless = /^HTTP\/1\.[01] (204|304)|\r\ncontent-length: 0\r\n/i.test(answer);
      if (headDone && (bodyless || !answer.endsWith("\r\n\r\n"))) setImmediate(() => end("closed"));
      setImmediate(() => end("closed"));
    });
    socket.on("error", () => undefined);
    socket.once("close", () => end(connected ? "closed" : "unreachable"));
    socket.once(door.url.startsWith("https:") ? "secureConnect" : "connect", () => {
      connected = true;
      void talk(wire);
    });
  });

/** The head of a request to a door, up to and including the empty line. */
export const headOf = (door: Door, headers: Readonly<Record<string, string | number>>, path?: string): string => {
  const { host, pathname, search } = new URL(door.url);
  const all = { host, "content-type": "application/json", ...door.headers, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${door.method} ${path ?? `${pathname}${search}`} HTTP/1.1\r\n${lines.join("")}\r\n`;
};
