import { AsyncResource } from "node:async_hooks";
import {
  type ChannelCredentials,
  Client,
  type ClientReadableStream,
  credentials,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
} from "@grpc/grpc-js";
import type { Lifecycle } from "@muster/host/lifecycle";
import { inSpan, keepTrace, SpanKind } from "@muster/host/telemetry";
import { ATTRIBUTE, SPAN } from "@muster/host/telemetry-names";
import { notingStatus } from "./call-status.ts";
import { type Caller, metadataOf } from "./caller.ts";
import { saysKept } from "./kept-mark.ts";
import { errorOf } from "./status.ts";

/** What a caller of a service sees: promises for unary methods, async iterables for streams. */
export type ClientOf<S> = {
  [K in keyof S as string extends K ? never : K]: S[K] extends handleUnaryCall<infer Q, infer R>
    ? (request: Q, caller: Caller, options?: CallOptions) => Promise<R>
    : S[K] extends handleServerStreamingCall<infer Q, infer R>
      ? (request: Q, caller: Caller, signal: AbortSignal) => AsyncIterable<R>
      : never;
};

export interface CallOptions {
  /** After how many milliseconds the call is given up; 10,000 when left out. */
  readonly timeoutMs?: number;
}

export const USUAL_TIMEOUT_MS = 10_000;

/** How a connection is made when both sides show certificates. */
export interface ChannelSecurity {
  readonly credentials: ChannelCredentials;
  /** The service that the other side has to be, whatever its address. */
  readonly service: string;
}

/** One connection to one service. */
export class Channel {
  readonly #client: Client;
  readonly #serviceToken: string;

  constructor(address: string, serviceToken: string, lifecycle: Pick<Lifecycle, "add">, security?: ChannelSecurity) {
    this.#client = new Client(address, security?.credentials ?? credentials.createInsecure(), {
      ...(security && { "grpc.ssl_target_name_override": security.service }),
      "grpc.keepalive_time_ms": 20_000,
      "grpc.initial_reconnect_backoff_ms": 100,
      "grpc.max_reconnect_backoff_ms": 2_000,
      "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
      "grpc.max_receive_message_length": 16 * 1024 * 1024,
    });
    this.#serviceToken = serviceToken;
    lifecycle.add(`channel to ${address}`, () => this.#client.close());
  }

  /** One question, one answer, by a deadline. */
  unary<Q, R>(
    method: MethodDefinition<Q, R>,
    request: Q,
    caller: Caller,
    { timeoutMs = USUAL_TIMEOUT_MS }: CallOptions = {},
  ): Promise<R> {
    const name = method.path.slice(1);
    const call = () =>
      new Promise<R>((resolve, reject) => {
        const keep = AsyncResource.bind(keepTrace);
        this.#client
          .makeUnaryRequest(
            method.path,
            method.requestSerialize,
            method.responseDeserialize,
            request,
            metadataOf(caller, this.#serviceToken),
            { deadline: Date.now() + timeoutMs },
            (error, answer) => (error === null ? resolve(answer as R) : reject(errorOf(error, name))),
          )
          .on("status", ({ metadata }) => saysKept(metadata) && keep());
      });
    return inSpan(
      SPAN.rpc(name),
      { kind: SpanKind.CLIENT, attributes: { [ATTRIBUTE.rpcSystem]: "grpc", [ATTRIBUTE.rpcMethod]: name } },
      (note) => notingStatus(note, call),
    );
  }

  /** One question, many answers, until the other side ends or the signal is aborted. */
  async *stream<Q, R>(
    method: MethodDefinition<Q, R>,
    request: Q,
    caller: Caller,
    signal: AbortSignal,
  ): AsyncGenerator<R> {
    const call: ClientReadableStream<R> = this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadataOf(caller, this.#serviceToken),
    );
    const cancel = () => call.cancel();
    signal.addEventListener("abort", cancel);
    try {
      for await (const answer of call) yield answer as R;
    } catch (error) {
      if (!signal.aborted) throw errorOf(error as ServiceError, method.path.slice(1));
    } finally {
      signal.removeEventListener("abort", cancel);
      call.cancel();
    }
  }
}

/** A typed client of one service over a channel. */
export function clientOf<S>(definition: ServiceDefinition<S>, channel: Channel): ClientOf<S> {
  const client: Record<string, unknown> = {};
  for (const [name, method] of Object.entries<MethodDefinition<unknown, unknown>>(definition)) {
    client[name] = method.responseStream
      ? (request: unknown, caller: Caller, signal: AbortSignal) => channel.stream(method, request, caller, signal)
      : (request: unknown, caller: Caller, options?: CallOptions) => channel.unary(method, request, caller, options);
  }
  return client as ClientOf<S>;
}
