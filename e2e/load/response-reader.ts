/** What a response said, as far as a load needs to know. */
export type OnResponse = (status: number, body: string) => void;

const HEAD_END = Buffer.from("\r\n\r\n");
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");

/**
 * Reads HTTP/1.1 responses off one keep-alive connection without a parser: finds the end of the head, the status
 * in its fixed place, and the length. Knows `Content-Length`, chunked bodies and bodyless statuses; no pipelining,
 * so a response ends where the bytes end.
 */
export class ResponseReader {
  readonly #onResponse: OnResponse;
  readonly #wantBody: boolean;
  #held: Buffer | undefined;

  constructor(onResponse: OnResponse, wantBody: boolean) {
    this.#onResponse = onResponse;
    this.#wantBody = wantBody;
  }

  /** @param piece may be reused by the caller afterwards; what is needed longer is copied. */
  push(piece: Buffer): void {
    const all = this.#held === undefined ? piece : Buffer.concat([this.#held, piece]);
    if (this.#read(all)) this.#held = undefined;
    else this.#held = all === piece ? Buffer.from(piece) : all;
  }

  #read(all: Buffer): boolean {
    const headEnd = all.indexOf(HEAD_END);
    if (headEnd < 0) return false;
    const status = (all[9] ?? 0) * 100 + (all[10] ?? 0) * 10 + (all[11] ?? 0) - 48 * 111;
    const bodyStart = headEnd + HEAD_END.length;
    const head = all.toString("latin1", 12, headEnd).toLowerCase();
    const length = head.indexOf("\r\ncontent-length:");
    if (length >= 0) {
      const end = bodyStart + Number.parseInt(head.slice(length + 17, length + 32), 10);
      if (all.length < end) return false;
      this.#onResponse(status, this.#wantBody ? all.toString("utf8", bodyStart, end) : "");
      return true;
    }
    if (head.includes("transfer-encoding: chunked")) {
      const closing = all.length - LAST_CHUNK.length;
      // The line end before an empty body's only chunk is that of the head.
      if (closing < bodyStart - 2 || all.indexOf(LAST_CHUNK, closing) !== closing) return false;
      this.#onResponse(status, this.#wantBody ? dechunk(all.subarray(bodyStart)) : "");
      return true;
    }
    this.#onResponse(status, "");
    return true;
  }
}

const dechunk = (bytes: Buffer): string => {
  const parts: Buffer[] = [];
  let place = 0;
  for (;;) {
    const lineEnd = bytes.indexOf("\r\n", place);
    const size = Number.parseInt(bytes.toString("latin1", place, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts).toString();
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    place = lineEnd + 2 + size + 2;
  }
};
