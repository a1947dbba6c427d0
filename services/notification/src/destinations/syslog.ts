import { setTimeout as delay } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import type { SyslogDestination as Configuration } from "@muster/contracts/gen/muster/notification/v1/sink";
import type { Network } from "../domain/address-policy.ts";
import { type ItemOutcome, type OutgoingEvent, TAKEN } from "../domain/outgoing-event.ts";
import { refuse } from "../domain/refusals.ts";
import { checkLiteral, guardedLookup } from "../outbound/guarded-lookup.ts";
import { type Destination, DestinationError } from "./destination.ts";
import type { DestinationKind, OpenContext } from "./kind.ts";
import { framed, syslogMessage } from "./syslog-message.ts";
import { checkTls, TLS_SECRETS, tlsOptions } from "./tls.ts";

/** RFC 5425 §4.1. */
const PORT = 6514;
/** Log audit, RFC 5424 §6.2.1. */
const FACILITY = 13;

const HOST = /^[A-Za-z0-9.:_-]{1,253}$/;

export const syslog: DestinationKind<Configuration> = {
  secrets: TLS_SECRETS,
  batching: { maxEvents: 500, maxBytes: 512 * 1024, lingerMs: 50, inFlight: 1 },
  check: ({ host, port, facility = FACILITY, tls }) => {
    if (!HOST.test(host)) throw refuse("sink.bad_destination", "syslog.host is a host such as syslog.example");
    if (port > 65_535) throw refuse("sink.bad_destination", "syslog.port is 1 to 65535");
    if (facility > 23) throw refuse("sink.bad_destination", "syslog.facility is 0 to 23");
    checkTls(tls);
  },
  hosts: ({ host }) => [host],
  open: (configuration, context) => new Syslog(configuration, context),
};

const CONNECT_TIMEOUT_MS = 10_000;
const RECONNECT_MS = 1_000;
const ACCEPTED_AFTER_MS = 1_000;
/** What is sent once more when a connection broke: at most so many messages, and so many octets. */
const WINDOW = { messages: 1_000, octets: 2 * 1024 * 1024 };

/**
 * Syslog over TLS. The protocol acknowledges nothing: what was written may be lost with the connection, so that the last
 * messages are kept and sent once more over the next one. Receivers know a repetition by the id in the structured data.
 */
class Syslog implements Destination {
  readonly #configuration: Configuration;
  readonly #allowed: readonly Network[];
  #socket: TLSSocket | undefined;
  #connecting: Promise<TLSSocket> | undefined;
  #window: Buffer[] = [];
  readonly #closing = new AbortController();

  constructor(configuration: Configuration, { allowed }: OpenContext) {
    this.#configuration = configuration;
    this.#allowed = allowed;
  }

  async send(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<readonly ItemOutcome[]> {
    const { facility = FACILITY, hostname } = this.#configuration;
    const frames = events.map((event) => framed(syslogMessage(event, { facility, hostname })));
    try {
      const socket = await this.#connected();
      await write(socket, frames, signal);
    } catch (cause) {
      const { message, code } = cause as NodeJS.ErrnoException;
      throw new DestinationError(`the connection failed: ${message || code}`, { retryable: true, cause });
    }
    this.#remember(frames);
    return events.map(() => TAKEN);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed) return;
    // What was written still goes out; a receiver that does not read is not waited for.
    const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.end();
    await Promise.race([ended, delay(CONNECT_TIMEOUT_MS, undefined, { ref: false })]);
    socket.destroy();
  }

  #connected(): Promise<TLSSocket> {
    if (this.#socket !== undefined) return Promise.resolve(this.#socket);
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<TLSSocket> {
    const { host, port, tls } = this.#configuration;
    checkLiteral(host, this.#allowed);
    const socket = connect({
      host,
      port: port || PORT,
      lookup: guardedLookup(this.#allowed),
      minVersion: "TLSv1.2",
      ...tlsOptions(tls),
    });
    socket.setKeepAlive(true, 30_000);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => socket.destroy(new Error(`${host} does not answer`)), CONNECT_TIMEOUT_MS);
      socket.once("close", () => {
        clearTimeout(timer);
        reject(new Error("the other side closed the connection"));
      });
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        clearTimeout(timer);
        resolve();
      });
    });
    socket.on("error", () => undefined);
    await accepted(socket);
    // Nothing is expected from a syslog receiver, but unread octets would keep its end from being noticed.
    socket.resume();
    socket.once("close", () => this.#broken(socket));
    if (this.#window.length > 0) await write(socket, this.#window, this.#closing.signal);
    if (socket.destroyed) throw new Error("the other side closed the connection");
    this.#socket = socket;
    return socket;
  }

  #broken(socket: TLSSocket): void {
    if (this.#socket === socket) this.#socket = undefined;
    // What was on its way is not lost until the next event comes: it is sent once more as soon as there is a way.
    if (this.#window.length > 0) void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted && this.#socket === undefined) {
      await delay(RECONNECT_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.#connected().catch(() => undefined);
    }
  }

  #remember(frames: readonly Buffer[]): void {
    this.#window.push(...frames);
    let [messages, octets] = [0, 0];
    this.#window = this.#window
      .toReversed()
      .filter(({ length }) => ++messages <= WINDOW.messages && (octets += length) <= WINDOW.octets)
      .toReversed();
  }
}

/**
 * In TLS 1.3 a client is told that its certificate is refused only after it believes to be connected: what it wrote by then
 * would be lost. A session ticket, or silence for a while, says that it is accepted.
 */
function accepted(socket: TLSSocket): Promise<void> {
  if (socket.getProtocol() !== "TLSv1.3") return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ACCEPTED_AFTER_MS);
    socket.once("session", () => {
      clearTimeout(timer);
      // What is written while the ticket is being read would stay in the socket until the next write.
      setImmediate(resolve);
    });
    socket.once("close", () => {
      clearTimeout(timer);
      reject(new Error("the other side closed the connection as soon as it was made: does it know our certificate?"));
    });
  });
}

/** Resolves once the operating system has it all. */
function write(socket: TLSSocket, frames: readonly Buffer[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    const onClose = () => fail(new Error("the other side closed the connection"));
    const onAbort = () => {
      // Half a message may be written: nothing can follow it on this connection.
      socket.destroy();
      fail(new Error("the other side does not read"));
    };
    const settle = () => {
      socket.off("close", onClose);
      signal.removeEventListener("abort", onAbort);
    };
    socket.once("close", onClose);
    signal.addEventListener("abort", onAbort);
    socket.write(Buffer.concat(frames), (error) => {
      if (error !== null && error !== undefined) return fail(error);
      settle();
      resolve();
    });
  });
}
