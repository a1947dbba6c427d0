import {
  type DeviceServiceServer,
  DeviceServiceService,
} from "@muster/contracts/gen/muster/inventory/v1/device_service";
import type { Logger } from "@muster/host/logging";
import { type Channel, clientOf } from "@muster/rpc/client";
import type { AskLastSeen } from "../usecases/ports.ts";

const TIMEOUT_MS = 1_000;

/** Asks inventory when it last heard of a device. A device inventory does not know of counts as not answered for. */
export function lastSeenByInventory(channel: Channel, log: Logger): AskLastSeen {
  const inventory = clientOf<DeviceServiceServer>(DeviceServiceService, channel);
  return async (tenant, deviceId) => {
    try {
      const { device } = await inventory.getDevice(
        { deviceId },
        { tenant, actor: "enrollment" },
        { timeoutMs: TIMEOUT_MS },
      );
      if (device === undefined) return "unreachable";
      return device.lastSeenAt ?? "never";
    } catch (error) {
      log.warn({ err: error, device: deviceId }, "inventory did not say when the device was last seen");
      return "unreachable";
    }
  };
}
