import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { connect as connectTls } from "node:tls";
import { tcpTarget } from "../simulators/tcp-target.ts";
import type { ClosedLoopOptions, LoadRequest } from "./closed-loop.ts";
import { ResponseReader } from "./response-reader.ts";

const SILENCE_MS = 30_000;
const MOST_LOST = 5;

/** One keep-alive connection that sends, waits for the answer, and sends again. */
export class LoadConnection {
  readonly #options: ClosedLoopOptions;
  #socket: Socket | undefined;

  constructor(options: ClosedLoopOptions) {
    this.#options = options;
  }

  /** Runs until `take` has no more. @returns how often the connection was lost with a request in flight. */
  run(take: () => LoadRequest | undefined, record: (status: number, microseconds: number) => void): Promise<number> {
    return new Promise((resolve, reject) => {
      let current: LoadRequest | undefined;
      let sentAt = 0;
      let lost = 0;
      const send = (): void => {
        if (current === undefined) return resolve(lost);
        sentAt = performance.now();
        const { bytes } = current;
        if (typeof bytes === "string") this.#socket?.write(bytes, "latin1");
        else if (Buffer.isBuffer(bytes)) this.#socket?.write(bytes);
        else this.#sendParts(bytes);
      };
      const onResponse = (status: number, body: string): void => {
        record(status, Math.round((performance.now() - sentAt) * 1000));
        current = current?.answered?.(status, body) ?? take();
        send();
      };
      const open = (): void => {
        const reader = new ResponseReader(onResponse, this.#options.wantBody ?? false);
        let failure = "closed by the server";
        const socket = this.#open((piece) => reader.push(piece));
        this.#socket = socket;
        socket.on("error", (error) => {
          failure = error.message;
        });
        socket.setTimeout(this.#options.silenceMs ?? SILENCE_MS, () => {
          failure = "no answer in time";
          socket.destroy();
        });
        socket.once("close", () => {
          if (current === undefined) return;
          lost += 1;
          if (lost > MOST_LOST)
            return reject(new Error(`${this.#options.url}: connection lost ${lost} times: ${failure}`));
          open();
        });
        socket.once(socket instanceof Object && "encrypted" in socket ? "secureConnect" : "connect", send);
      };
      current = take();
      if (current === undefined) resolve(0);
      else open();
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  #sendParts(parts: readonly (string | Buffer)[]): void {
    this.#socket?.cork();
    for (const part of parts) this.#socket?.write(part, "latin1");
    this.#socket?.uncork();
  }

  #open(onBytes: (piece: Buffer) => void): Socket {
    const target = tcpTarget(this.#options.url);
    if (this.#options.url.startsWith("https:")) {
      const { ca } = this.#options;
      const socket = connectTls({ ...target, ...(ca === undefined ? {} : { ca }) });
      socket.setNoDelay(true);
      return socket.on("data", onBytes);
    }
    // One buffer for the life of the connection spares an allocation per response.
    const onread = {
      buffer: Buffer.allocUnsafe(64 * 1024),
      callback: (length: number, buffer: Uint8Array) => {
        onBytes((buffer as Buffer).subarray(0, length));
        return true;
      },
    };
    return connect({ ...target, noDelay: true, onread });
  }
}
