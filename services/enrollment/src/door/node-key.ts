import type { Method } from "@muster/device-identity/identity";
import type { NodeKeySigner } from "@muster/device-identity/node-key";
import type { Device } from "../domain/device.ts";

/** The device's present node key for one protocol. */
export const nodeKeyOf = (signer: NodeKeySigner, { tenant, id, generations }: Device, method: Method): string =>
  signer.issue({ tenant, deviceId: id, method, generation: generations[method] ?? 0 });
