import { type Device, unenroll as unenrolled } from "../domain/device.ts";
import { refuse } from "../domain/refusals.ts";
import type { Registry } from "./ports.ts";

export interface Unenrollment {
  readonly tenant: string;
  readonly deviceId: string;
  readonly reason: string;
  readonly actor: string;
}

export type Unenroll = (unenrollment: Unenrollment) => Promise<Device>;

/** Ends the management of a device; asked a second time, it answers what is and tells nobody. */
export const unenroll =
  (registry: Registry): Unenroll =>
  ({ tenant, deviceId, reason, actor }) =>
    registry.tenant(tenant, async (work) => {
      const known = await work.device(tenant, deviceId);
      if (known === undefined) throw refuse("enrollment.unknown", `there is no device ${deviceId}`);
      if (known.status === "unenrolled") return known;
      const device = unenrolled(known);
      await work.saveDevices([device]);
      work.announce({ kind: "unenrolled", device, reason }, { actor });
      return device;
    });
