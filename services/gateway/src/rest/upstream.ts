import type { DescMethod } from "@bufbuild/protobuf";
import type { MethodDefinition } from "@grpc/grpc-js";
import type { Channel } from "@muster/rpc/client";
import type { Principal } from "../domain/principal.ts";
import { callerOf } from "../usecases/caller-of.ts";

/** Whoever answers a method; requests and answers are serialized messages. */
export interface Upstream {
  unary(rpc: DescMethod, request: Buffer, principal: Principal, call?: UpstreamCall): Promise<Uint8Array>;
  stream(rpc: DescMethod, request: Buffer, principal: Principal, signal: AbortSignal): AsyncGenerator<Uint8Array>;
}

export interface UpstreamCall {
  /** The same in every repetition of the request. */
  readonly requestKey?: string | undefined;
  readonly answerWithinMs?: number | undefined;
}

/** Another service, over gRPC. */
export class RemoteUpstream implements Upstream {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  unary(
    rpc: DescMethod,
    request: Buffer,
    principal: Principal,
    { answerWithinMs: timeoutMs, requestKey }: UpstreamCall = {},
  ): Promise<Uint8Array> {
    const caller = { ...callerOf(principal), ...(requestKey !== undefined && { requestKey }) };
    return this.#channel.unary(definitionOf(rpc), request, caller, timeoutMs === undefined ? {} : { timeoutMs });
  }

  stream(rpc: DescMethod, request: Buffer, principal: Principal, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    return this.#channel.stream(definitionOf(rpc), request, callerOf(principal), signal);
  }
}

const same = (bytes: Buffer): Buffer => bytes;

/** The bytes pass through as they are: the gateway reads and writes messages by their descriptors alone. */
const definitionOf = (rpc: DescMethod): MethodDefinition<Buffer, Buffer> => ({
  path: `/${rpc.parent.typeName}/${rpc.name}`,
  requestStream: false,
  responseStream: rpc.methodKind === "server_streaming",
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
});
