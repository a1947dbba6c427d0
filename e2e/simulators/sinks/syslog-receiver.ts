import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket, type TlsOptions } from "node:tls";

export interface SyslogMessage {
  readonly priority: number;
  readonly time: string;
  readonly host: string;
  readonly app: string;
  readonly messageId: string;
  readonly data: Readonly<Record<string, string>>;
  readonly text: string;
}

/** RFC 5424 §6: the header, one element of structured data, and the message. */
const MESSAGE =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) \[([^ =\]"]{1,32})((?: [^ =\]"]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] (.*)$/s;
const PARAMETER = / ([^ =\]"]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"/g;

/** A syslog receiver over TLS, after RFC 5424 and RFC 5425: a frame that breaks the rules ends the connection. */
export class SyslogReceiver {
  readonly received: SyslogMessage[] = [];
  readonly broken: string[] = [];
  connections = 0;
  /** Whether what comes is thrown away unread, as when the receiver dies with what it has not written. */
  isLosing = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  constructor(tls: TlsOptions) {
    this.#server = createServer(tls, (socket) => this.#serve(socket));
    this.#server.on("tlsClientError", () => undefined);
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** Opens on any port, or on the one it had before. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  get port(): number {
    return this.#port;
  }

  /** Cuts all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: TLSSocket): void {
    this.connections++;
    socket.on("error", () => undefined);
    let rest: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      if (this.isLosing) return;
      try {
        rest = this.#take(Buffer.concat([rest, chunk]));
      } catch (error) {
        this.broken.push(String(error));
        socket.destroy();
      }
    });
  }

  /** RFC 5425 §4.3: SYSLOG-FRAME = MSG-LEN SP SYSLOG-MSG, the length without leading zeros. */
  #take(data: Buffer): Buffer {
    let rest = data;
    for (;;) {
      const space = rest.indexOf(" ");
      if (space === -1) return rest;
      const length = rest.subarray(0, space).toString();
      if (!/^[1-9]\d{0,9}$/.test(length)) throw new Error(`"${length.slice(0, 20)}" is no length`);
      const end = space + 1 + Number(length);
      if (rest.length < end) return rest;
      this.received.push(read(rest.subarray(space + 1, end).toString()));
      rest = rest.subarray(end);
    }
  }
}

function read(frame: string): SyslogMessage {
  const [, priority, time = "", host = "", app = "", , messageId = "", , parameters = "", text = ""] =
    MESSAGE.exec(frame) ?? [];
  if (priority === undefined || Number(priority) > 191) throw new Error(`no syslog message: ${frame.slice(0, 200)}`);
  const data = [...parameters.matchAll(PARAMETER)].map(([, name = "", value = ""]) => [
    name,
    value.replaceAll(/\\(.)/g, "$1"),
  ]);
  return { priority: Number(priority), time, host, app, messageId, data: Object.fromEntries(data), text };
}
