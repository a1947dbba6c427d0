import type { Readable } from "node:stream";
import { errorCodes } from "fastify";

const LEAST_BYTES = 64 * 1024;
const MOST_BYTES = 512 * 1024;
const KEPT = 64;

/**
 * Reads bodies into memory that is used again and again. Memory for each body anew would be outside V8's heap, where
 * it makes V8 collect all of its garbage several times a second.
 */
export class BodyBuffers {
  /** Free ones by size: a power of two. */
  readonly #free = new Map<number, Buffer[]>();

  /**
   * Reads to the end and calls back once. What it hands out is to be given back when the body is read no more.
   * @param expected how many bytes the sender says there are; a wrong number costs time only.
   */
  read(payload: Readable, expected: number, limit: number, done: (error: Error | null, body?: Body) => void): void {
    if (expected > limit) return done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    let buffer = this.#take(Math.max(expected, 1));
    let length = 0;
    const end = (error: Error | null): void => {
      payload.removeListener("data", take).removeListener("end", finish).removeListener("error", end);
      if (error === null) return done(null, { bytes: buffer.subarray(0, length), buffer });
      this.#give(buffer);
      done(error);
    };
    const finish = (): void => end(null);
    const take = (chunk: Buffer): void => {
      if (length + chunk.length > limit) return end(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
      if (length + chunk.length > buffer.length) {
        const larger = this.#take(length + chunk.length);
        buffer.copy(larger, 0, 0, length);
        this.#give(buffer);
        buffer = larger;
      }
      chunk.copy(buffer, length);
      length += chunk.length;
    };
    payload.on("data", take).on("end", finish).on("error", end);
  }

  giveBack({ buffer }: Body): void {
    this.#give(buffer);
  }

  #take(bytes: number): Buffer {
    const size = Math.max(LEAST_BYTES, 2 ** Math.ceil(Math.log2(bytes)));
    return this.#free.get(size)?.pop() ?? Buffer.allocUnsafeSlow(size);
  }

  #give(buffer: Buffer): void {
    if (buffer.length > MOST_BYTES) return;
    const free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, [buffer]);
    else if (free.length < KEPT) free.push(buffer);
  }
}

export interface Body {
  readonly bytes: Buffer;
  readonly buffer: Buffer;
}
