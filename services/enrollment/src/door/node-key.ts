import type { NodeKeySigner } from "@muster/device-identity/node-key";
import type { Method } from "../domain/claim.ts";
import type { Device } from "../domain/device.ts";

/** The device's present node key for one protocol. */
export const nodeKeyOf = (signer: NodeKeySigner, { tenant, id, generations }: Device, method: Method): string =>
  signer.issue({ tenant, deviceId: id, method, generation: generations[method] ?? 0 });
