import { Device } from "@muster/contracts/gen/muster/inventory/v1/device";
import {
  type DeviceServiceServer,
  DeviceServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import type { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { GrpcServer, type Methods } from "@muster/rpc/server";

export interface InventoryAnswers {
  readonly port: number;
  /** When each device was last heard of; one that is not in here is not known. */
  readonly lastSeen: Map<string, Date | undefined>;
  /** The ids it was asked about. */
  readonly asked: string[];
}

/** Answers inventory's DeviceService.GetDevice over the wire, and nothing else of it. */
export async function startInventoryAnswers(serviceToken: string, lifecycle: Lifecycle): Promise<InventoryAnswers> {
  const lastSeen = new Map<string, Date | undefined>();
  const asked: string[] = [];
  const nothing = () => Promise.reject(new Refusal("test.unasked", "not_found", "enrollment has no business here"));
  const methods = Object.fromEntries(Object.keys(DeviceServiceService).map((name) => [name, nothing]));
  const server = new GrpcServer({ port: 0, serviceToken, log: createLogger("test", "silent"), lifecycle });
  server.offer<DeviceServiceServer>(DeviceServiceService, {
    ...(methods as unknown as Methods<DeviceServiceServer>),
    getDevice: async ({ deviceId }) => {
      asked.push(deviceId);
      if (!lastSeen.has(deviceId)) throw new Refusal("inventory.unknown_device", "not_found", "no such device");
      return { device: Device.fromPartial({ id: deviceId, lastSeenAt: lastSeen.get(deviceId) }) };
    },
  });
  return { port: await server.open(), lastSeen, asked };
}
