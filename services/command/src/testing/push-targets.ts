import type { PushTarget } from "@muster/contracts/gen/muster/enrollment/v1/apple";
import {
  type AppleDeviceServiceServer,
  AppleDeviceServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { GrpcServer, type Methods } from "@muster/rpc/server";
import { SERVICE_TOKEN } from "./command-process.ts";

export interface PushTargets {
  readonly address: string;
  /** By device. */
  readonly held: Map<string, PushTarget>;
  stop(): Promise<void>;
}

/** Answers for enrollment, over the wire, where pushes go. */
export async function startPushTargets(): Promise<PushTargets> {
  const log = createLogger("test", "silent");
  const lifecycle = new Lifecycle(log);
  const server = new GrpcServer({ port: 0, serviceToken: SERVICE_TOKEN, log, lifecycle });
  const held = new Map<string, PushTarget>();
  const nothing = () => Promise.reject(new Refusal("test.unasked", "unavailable", "nobody answers this here"));
  const nobody = Object.fromEntries(Object.keys(AppleDeviceServiceService).map((name) => [name, nothing]));
  server.offer<AppleDeviceServiceServer>(AppleDeviceServiceService, {
    ...(nobody as unknown as Methods<AppleDeviceServiceServer>),
    listPushTargets: async ({ deviceIds }) => ({ targets: deviceIds.flatMap((id) => held.get(id) ?? []) }),
  });
  return { address: `127.0.0.1:${await server.open()}`, held, stop: () => lifecycle.stop() };
}
