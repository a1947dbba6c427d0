import type { DescMethod } from "@bufbuild/protobuf";
import type { MethodDefinition } from "@grpc/grpc-js";
import type { Channel } from "@muster/rpc/client";
import type { Principal } from "../domain/principal.ts";
import { callerOf } from "../usecases/caller-of.ts";

/** Whoever answers a method; requests and answers are serialized messages. */
export interface Upstream {
  /** The request key is the same in every repetition of the request. */
  unary(rpc: DescMethod, request: Buffer, principal: Principal, requestKey?: string): Promise<Uint8Array>;
  stream(rpc: DescMethod, request: Buffer, principal: Principal, signal: AbortSignal): AsyncGenerator<Uint8Array>;
}

/**
 * What is asked of up to 100,000 devices is written in one transaction, which takes seconds. Whoever is told too early that there is no
 * answer asks again: what was written meanwhile is found only under a key of his own.
 */
const OF_MANY_DEVICES: ReadonlySet<string> = new Set([
  "muster.command.v1.CommandService.EnqueueCommands",
  "muster.command.v1.CampaignService.CreateCampaign",
]);
/** As long as Postgres lets one statement run. */
const OF_MANY_DEVICES_MS = 30_000;

/** Another service, over gRPC. */
export class RemoteUpstream implements Upstream {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  unary(rpc: DescMethod, request: Buffer, principal: Principal, requestKey?: string): Promise<Uint8Array> {
    const caller = { ...callerOf(principal), ...(requestKey !== undefined && { requestKey }) };
    const { name, parent } = rpc;
    const options = OF_MANY_DEVICES.has(`${parent.typeName}.${name}`) ? { timeoutMs: OF_MANY_DEVICES_MS } : {};
    return this.#channel.unary(definitionOf(rpc), request, caller, options);
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
