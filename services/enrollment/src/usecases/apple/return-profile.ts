import type { ServiceDatabase } from "@muster/postgres/service-database";
import { refuse } from "../../domain/refusals.ts";
import { registryWork } from "../../storage/registry.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { beginEnrollment, type ChallengeDeps, type HandedProfile } from "./new-enrollment.ts";

export interface ReturnProfileDeps extends ChallengeDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly newId: () => string;
}

/** The makings of the profile with which a device that is being erased comes back: an enrollment of its own, good once. */
export const returnProfile =
  (deps: ReturnProfileDeps) =>
  (tenant: string, deviceId: string): Promise<HandedProfile> =>
    deps.database.tenant(tenant, async (work) => {
      const device = await registryWork(work).device(tenant, deviceId);
      if (device === undefined) throw refuse("enrollment.unknown", `there is no device "${deviceId}"`);
      if (device.status !== "enrolled" || device.apple === undefined)
        throw refuse("enrollment.not_apple", "the device is not enrolled over Apple's protocol");
      const { hardwareSerial: expectedSerial, ownership } = device;
      const beginning = { tenant, id: deps.newId(), kind: "profile", ownership, expectedSerial } as const;
      const handed = await beginEnrollment(work, beginning, deps);
      if (handed === undefined) throw new Error("a new id was taken already");
      return handed;
    });
