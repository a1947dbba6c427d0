import { timingSafeEqual } from "node:crypto";
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { currentTraceIsKept, inSpan, metrics, SpanKind, traceOf } from "@muster/host/telemetry";
import { ATTRIBUTE, SPAN } from "@muster/host/telemetry-names";
import { HealthImplementation } from "grpc-health-check";
import { notingStatus } from "./call-status.ts";
import { type Caller, callerOf, textOf } from "./caller.ts";
import { keptMark } from "./kept-mark.ts";
import { offerReflection } from "./reflection.ts";
import { askSelf, SELF_CALL } from "./self-call.ts";
import { failureOf } from "./status.ts";
import { admitPeer, type Listening, listenSecured } from "./tls/listener.ts";
import type { Secured } from "./tls/secured.ts";

/** What a service writes: one function a method; a streaming method yields its answers until the signal is aborted. */
export type Methods<S> = {
  [K in keyof S as string extends K ? never : K]: S[K] extends handleUnaryCall<infer Q, infer R>
    ? (request: Q, caller: Caller) => Promise<R>
    : S[K] extends handleServerStreamingCall<infer Q, infer R>
      ? (request: Q, caller: Caller, signal: AbortSignal) => AsyncIterable<R>
      : never;
};

type AnyMethod = (request: unknown, caller: Caller, signal: AbortSignal) => Promise<unknown> | AsyncIterable<unknown>;

export interface GrpcServerOptions {
  readonly port: number;
  /** What every caller has to show. */
  readonly serviceToken: string;
  /** Whose certificates both sides show; without it the port is plaintext. */
  readonly secured?: Secured | undefined;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

type AnyCall = Pick<ServerUnaryCall<unknown, unknown>, "metadata" | "getAuthContext">;

/** Ends streams that would otherwise outlive the shutdown. */
const SHUTDOWN_GRACE_MS = 5_000;

/**
 * A caller asks for the addresses of a service anew only when a connection ends: one that never did would never learn of a
 * replica that was added. Calls in hand, however long, come to their end.
 */
const CONNECTION_AGE_MS = 300_000;

/** The inner door of a service: gRPC with health and reflection. */
export class GrpcServer {
  readonly #server = new Server({
    "grpc.max_receive_message_length": 16 * 1024 * 1024,
    "grpc.max_connection_age_ms": CONNECTION_AGE_MS,
  });
  readonly #health = new HealthImplementation({ "": "NOT_SERVING" });
  readonly #options: GrpcServerOptions;
  readonly #calls = metrics.getMeter("muster").createCounter("muster.rpc.calls", { unit: "{call}" });

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    this.#health.addToServer(this.#server);
    offerReflection(this.#server);
    this.offer(SELF_CALL, { ask: (question) => Promise.resolve(question) });
  }

  offer<S>(definition: ServiceDefinition<S>, methods: Methods<S>): this {
    const handlers: UntypedServiceImplementation = {};
    for (const [name, { path, responseStream }] of Object.entries(definition) as [
      keyof S & string,
      { path: string; responseStream: boolean },
    ][]) {
      const method = (methods as unknown as Record<string, AnyMethod>)[name];
      if (method === undefined) throw new Error(`${path} has no implementation`);
      handlers[name] = responseStream ? this.#streaming(path, method) : this.#unary(path, method);
    }
    this.#server.addService(definition, handlers);
    return this;
  }

  /** Binds the port, 0 for a free one, and returns it. */
  async open(): Promise<number> {
    const { lifecycle, serviceToken, secured, log } = this.#options;
    const { port, close } =
      secured === undefined
        ? await this.#listen()
        : await listenSecured(this.#server, this.#options.port, secured, log);
    this.#health.setStatus("", "SERVING");
    lifecycle.add("grpc", () => this.#close(close));
    lifecycle.probe("grpc", () => askSelf(port, serviceToken, secured));
    return port;
  }

  async #listen(): Promise<Listening> {
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(`0.0.0.0:${this.#options.port}`, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    return { port, close: () => {} };
  }

  #close(stopListening: () => void): Promise<void> {
    this.#health.setStatus("", "NOT_SERVING");
    stopListening();
    const force = setTimeout(() => this.#server.forceShutdown(), SHUTDOWN_GRACE_MS);
    return new Promise((resolve) => {
      this.#server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  }

  #unary(path: string, method: AnyMethod): handleUnaryCall<unknown, unknown> {
    return (call: ServerUnaryCall<unknown, unknown>, callback) => {
      const abort = new AbortController();
      call.on("cancelled", () => abort.abort());
      void this.#enter(path, call, async (caller) => {
        const answer = await (method(call.request, caller, abort.signal) as Promise<unknown>);
        return { answer, kept: currentTraceIsKept() };
      }).then(
        ({ answer, kept }) => callback(null, answer, kept ? keptMark() : undefined),
        (error: unknown) => callback(failureOf(error)),
      );
    };
  }

  #streaming(path: string, method: AnyMethod): handleServerStreamingCall<unknown, unknown> {
    return (call: ServerWritableStream<unknown, unknown>) => {
      const abort = new AbortController();
      call.on("cancelled", () => abort.abort());
      call.on("close", () => abort.abort());
      void this.#enter(path, call, async (caller) => {
        for await (const item of method(call.request, caller, abort.signal) as AsyncIterable<unknown>) {
          if (abort.signal.aborted) return;
          if (!call.write(item)) await roomFor(call, abort.signal);
        }
      }).then(
        () => call.end(),
        // The call sends its status when it ends; destroyed, it would never end.
        (error: unknown) => call.emit("error", failureOf(error)),
      );
    };
  }

  async #enter<T>(path: string, call: AnyCall, work: (caller: Caller) => Promise<T>): Promise<T> {
    const { metadata } = call;
    try {
      const { secured, log } = this.#options;
      if (secured !== undefined) admitPeer(call.getAuthContext().sslPeerCertificate, secured.service, log);
      const caller = this.#admit(metadata);
      const method = path.slice(1);
      const result = await inSpan(
        SPAN.rpc(method),
        {
          kind: SpanKind.SERVER,
          parent: traceOf({ traceparent: textOf(metadata, "traceparent") }),
          attributes: { [ATTRIBUTE.rpcSystem]: "grpc", [ATTRIBUTE.rpcMethod]: method },
        },
        (note) => notingStatus(note, () => work(caller)),
      );
      this.#calls.add(1, { outcome: "ok" });
      return result;
    } catch (error) {
      this.#calls.add(1, { outcome: error instanceof Refusal ? "refused" : "failed" });
      if (!(error instanceof Refusal)) this.#options.log.error({ err: error, method: path }, "call failed");
      throw error;
    }
  }

  #admit(metadata: Metadata): Caller {
    const given = Buffer.from(textOf(metadata, "authorization"));
    const wanted = Buffer.from(`Bearer ${this.#options.serviceToken}`);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      throw new Refusal("rpc.unauthenticated", "unauthenticated", "this port is for Muster's own services");
    }
    const caller = callerOf(metadata);
    if (caller === undefined) throw new Refusal("rpc.no_tenant", "invalid", "the call names no tenant (muster-tenant)");
    return caller;
  }
}

function roomFor(call: ServerWritableStream<unknown, unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    call.once("drain", done);
    signal.addEventListener("abort", done);
  });
}
