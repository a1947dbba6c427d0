import type { handleUnaryCall, MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { Channel } from "./client.ts";
import type { Secured } from "./tls/secured.ts";

const asIs = (bytes: Buffer): Buffer => bytes;

const ask: MethodDefinition<Buffer, Buffer> = {
  path: "/muster.rpc.SelfCall/Ask",
  requestStream: false,
  responseStream: false,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
};

/** Answers what it is asked. A server calls it once on itself, to see that a trace crosses the wire. */
export const SELF_CALL: ServiceDefinition<{ ask: handleUnaryCall<Buffer, Buffer> }> = { ask };

export async function askSelf(port: number, serviceToken: string, secured: Secured | undefined): Promise<void> {
  let close = () => {};
  const lifecycle = { add: (_name: string, end: () => unknown) => void (close = () => end()) };
  const channel = new Channel(`127.0.0.1:${port}`, serviceToken, lifecycle, secured?.to(secured.service));
  try {
    await channel.unary(ask, Buffer.from("self-test"), { tenant: "self-test", actor: "self-test" });
  } finally {
    close();
  }
}
