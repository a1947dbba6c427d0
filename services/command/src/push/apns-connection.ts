import { type ClientHttp2Session, connect, constants } from "node:http2";
import type { PushOutcome } from "../domain/push/push-outcome.ts";

/** One push as it goes over the wire. */
export interface Push {
  /** Names the push at Apple, a UUID. */
  readonly id: string;
  readonly token: Buffer;
  readonly topic: string;
  readonly pushMagic: string;
  readonly expiresAt: Date;
}

export interface ApnsAddress {
  /** Such as https://api.push.apple.com. */
  readonly url: string;
  /** PEM of the authority behind it; the system's own without it. */
  readonly ca: string | undefined;
}

/** PEM. */
export interface ClientIdentity {
  readonly certificate: string;
  readonly key: string;
}

const CONNECT_MS = 10_000;
const ANSWER_MS = 10_000;
const PING_MS = 60_000;
/** A connection that nobody needed for so long is closed. */
const IDLE_MS = 30 * 60_000;
/** More are not asked for at once over one connection, whatever the server allows. */
const MOST_STREAMS = 500;

/** What the push of a connection that broke comes to: it may go out over another. */
export const LOST = "lost";

/**
 * A connection to Apple's push service (HTTP/2, the certificate says who asks). Once it is closing, or was told to go away, it
 * takes nothing more; what was under way and not answered is `LOST`.
 */
export class ApnsConnection {
  readonly #session: ClientHttp2Session;
  readonly #timer: NodeJS.Timeout;
  #inFlight = 0;
  #room = 0;
  #usedAt = Date.now();
  #failure = "";

  private constructor(session: ClientHttp2Session, ended: (connection: ApnsConnection) => void) {
    this.#session = session;
    const resize = () => {
      this.#room = Math.min(session.remoteSettings.maxConcurrentStreams ?? MOST_STREAMS, MOST_STREAMS);
    };
    resize();
    session.on("remoteSettings", resize);
    session.on("goaway", () => {
      this.#room = 0;
      ended(this);
    });
    session.on("error", (error: NodeJS.ErrnoException) => {
      this.#failure = error.code ?? error.message;
    });
    session.on("close", () => {
      clearInterval(this.#timer);
      ended(this);
    });
    this.#timer = setInterval(() => this.#look(), PING_MS);
    this.#timer.unref();
  }

  /** Rejects with an error whose code says why there is no connection. */
  static open(
    { ca, url }: ApnsAddress,
    { certificate, key }: ClientIdentity,
    ended: (connection: ApnsConnection) => void,
  ): Promise<ApnsConnection> {
    const session = connect(url, { cert: certificate, key, ...(ca !== undefined && { ca }), minVersion: "TLSv1.2" });
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => session.destroy(new Error("no answer to the connection")), CONNECT_MS);
      const settled = () => clearTimeout(late);
      session.once("error", (error) => {
        settled();
        reject(error);
      });
      session.once("close", () => {
        settled();
        reject(new Error("the connection was closed at once"));
      });
      // How many streams it takes is known only now; before, all that is sent may be too much.
      session.once("remoteSettings", () => {
        settled();
        resolve(new ApnsConnection(session, ended));
      });
    });
  }

  /** How many more pushes it takes now. */
  get room(): number {
    return this.#session.closed || this.#session.destroyed ? 0 : this.#room - this.#inFlight;
  }

  /** What ended it; empty when nothing did but its time. */
  get failure(): string {
    return this.#failure;
  }

  async push(push: Push): Promise<PushOutcome | typeof LOST> {
    this.#inFlight += 1;
    this.#usedAt = Date.now();
    try {
      return await this.#exchange(push);
    } finally {
      this.#inFlight -= 1;
    }
  }

  /** Lets what is under way end, and closes. */
  close(): void {
    if (!this.#session.destroyed) this.#session.close();
  }

  #exchange({ expiresAt, id, pushMagic, token, topic }: Push): Promise<PushOutcome | typeof LOST> {
    return new Promise((resolve) => {
      if (this.room < 0 || this.#session.closed) return resolve(LOST);
      const stream = this.#session.request({
        ":method": "POST",
        ":path": `/3/device/${token.toString("hex")}`,
        "apns-id": id,
        "apns-topic": topic,
        "apns-push-type": "mdm",
        "apns-priority": "10",
        "apns-expiration": String(Math.floor(expiresAt.getTime() / 1_000)),
        "content-type": "application/json",
      });
      let status = 0;
      let body = "";
      stream.setTimeout(ANSWER_MS, () => {
        resolve({ kind: "unanswered", reason: "timeout" });
        stream.close(constants.NGHTTP2_CANCEL);
        // A connection over which nothing comes back is dead, whatever TCP says.
        this.#session.destroy();
      });
      stream.setEncoding("utf8");
      stream.on("response", (headers) => {
        status = Number(headers[":status"]);
      });
      stream.on("data", (chunk: string) => {
        if (body.length < 4_096) body += chunk;
      });
      stream.on("error", () => undefined);
      stream.on("close", () => {
        if (status === 0) return resolve(LOST);
        resolve(status === 200 ? { kind: "taken" } : { kind: "refused", status, reason: reasonIn(body) });
      });
      stream.end(JSON.stringify({ mdm: pushMagic }));
    });
  }

  #look(): void {
    if (this.#session.closed || this.#session.destroyed) return;
    if (Date.now() - this.#usedAt > IDLE_MS) return this.close();
    const dead = setTimeout(() => this.#session.destroy(), ANSWER_MS);
    this.#session.ping(() => clearTimeout(dead));
  }
}

function reasonIn(body: string): string {
  try {
    const { reason } = JSON.parse(body) as { reason?: unknown };
    return typeof reason === "string" ? reason.slice(0, 100) : "";
  } catch {
    return "";
  }
}
