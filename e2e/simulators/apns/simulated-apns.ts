import { randomUUID } from "node:crypto";
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { type PemIdentity, serverCertificate } from "./apns-certificates.ts";
import { type AskedPush, isManagement, type Refusal, readPush } from "./push-rules.ts";

/** One push, and what was answered. */
export type ArrivedPush = Partial<AskedPush> & {
  readonly status: number;
  readonly reason: string;
  /** Which of the connections it came over, counted from one. */
  readonly connection: number;
};

export interface ApnsOptions {
  readonly port?: number;
  readonly identity?: PemIdentity;
  /** Reaches the device; false when nobody has the token. All tokens are good without it. */
  readonly wake?: (token: string, magic: string) => boolean | Promise<boolean>;
  /** How many streams a connection may have at once. */
  readonly maxConcurrentStreams?: number;
}

/**
 * Apple's push service, read a second time: HTTP/2 over TLS, believes a client certificate whose subject has a topic of device
 * management, and wakes whoever has the token. What it is told to do wrong it does, until it is told to stop.
 */
export class SimulatedApns {
  readonly ledger: ArrivedPush[] = [];
  readonly ca: string;
  connections = 0;
  /** What a push is answered with instead of being delivered; asked for each push. */
  failing: (push: AskedPush) => Refusal | undefined = () => undefined;
  /** Takes pushes and never answers. */
  isDead = false;
  readonly #server: Http2SecureServer;
  readonly #options: ApnsOptions;
  readonly #sessions = new Set<ServerHttp2Session>();
  #url = "";

  private constructor(identity: PemIdentity, options: ApnsOptions) {
    this.#options = options;
    this.ca = identity.certificate;
    const { maxConcurrentStreams = 100 } = options;
    this.#server = createSecureServer({
      cert: identity.certificate,
      key: identity.key,
      requestCert: true,
      // Whether it is believed is said in an answer, as Apple does.
      rejectUnauthorized: false,
      settings: { maxConcurrentStreams },
    });
    this.#server.on("session", (session) => this.#greet(session));
    this.#server.on("sessionError", () => undefined);
    this.#server.on("tlsClientError", () => undefined);
  }

  static async open(options: ApnsOptions = {}): Promise<SimulatedApns> {
    const apns = new SimulatedApns(options.identity ?? (await serverCertificate()), options);
    await new Promise<void>((resolve, reject) => {
      apns.#server.once("error", reject);
      apns.#server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    apns.#url = `https://127.0.0.1:${(apns.#server.address() as AddressInfo).port}`;
    return apns;
  }

  get url(): string {
    return this.#url;
  }

  /** The pushes that were taken. */
  get delivered(): readonly ArrivedPush[] {
    return this.ledger.filter(({ status }) => status === 200);
  }

  /** Tells every connection to go away: what is under way is answered, what comes later is not. */
  goAway(): void {
    for (const session of this.#sessions) session.goaway(0, 0, Buffer.from('{"reason":"Shutdown"}'));
  }

  /** Cuts every connection off. */
  cut(): void {
    for (const session of this.#sessions) session.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  #greet(session: ServerHttp2Session): void {
    this.connections += 1;
    const connection = this.connections;
    this.#sessions.add(session);
    session.on("error", () => undefined);
    session.on("close", () => this.#sessions.delete(session));
    session.on("stream", (stream, headers) => {
      stream.on("error", () => undefined);
      this.#serve(session, stream, headers, connection).catch(() => stream.close());
    });
  }

  async #serve(
    session: ServerHttp2Session,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    connection: number,
  ): Promise<void> {
    const body = await buffer(stream);
    if (this.isDead) return;
    const asked = this.#read(session, headers, body);
    const refusal = "status" in asked ? asked : (this.failing(asked) ?? (await this.#deliver(asked)));
    const push: Partial<AskedPush> = "status" in asked ? {} : asked;
    const { reason = "", status = 200, timestamp } = refusal ?? {};
    this.ledger.push({ ...push, status, reason, connection });
    const apnsId = push.apnsId || randomUUID();
    if (stream.destroyed) return;
    stream.respond({ ":status": status, "apns-id": apnsId });
    stream.end(status === 200 ? "" : JSON.stringify({ reason, ...(timestamp !== undefined && { timestamp }) }));
  }

  #read(session: ServerHttp2Session, headers: IncomingHttpHeaders, body: Buffer): AskedPush | Refusal {
    const { subject, valid_to } = (session.socket as TLSSocket).getPeerCertificate();
    const topic = (subject as unknown as Record<string, string> | undefined)?.["UID"] ?? "";
    if (subject === undefined) return { status: 403, reason: "MissingProviderToken" };
    if (!isManagement(topic) || new Date(valid_to) < new Date()) return { status: 403, reason: "BadCertificate" };
    return readPush(headers, body, topic);
  }

  async #deliver({ magic, token }: AskedPush): Promise<Refusal | undefined> {
    const reached = (await this.#options.wake?.(token, magic)) ?? true;
    return reached ? undefined : { status: 410, reason: "Unregistered", timestamp: Date.now() };
  }
}
