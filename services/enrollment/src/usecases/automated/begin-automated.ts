import type { MachineInfo } from "@muster/apple-protocol/mdm/machine-info";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { wantedProfile } from "../../domain/automated/assignment.ts";
import { type MinimumSystem, updateNeeded } from "../../domain/automated/update-gate.ts";
import { refuse } from "../../domain/refusals.ts";
import { bindHardware } from "../../storage/apple-enrollments.ts";
import { devicesBySerial } from "../../storage/automated-devices.ts";
import { definitionsOf, findProfile } from "../../storage/automated-profiles.ts";
import { serverOfDoor } from "../../storage/automated-servers.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { beginEnrollment, type ChallengeDeps, type HandedProfile } from "../apple/new-enrollment.ts";
import { sha256 } from "../credential-hash.ts";

export interface BeginAutomatedDeps extends ChallengeDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly newId: () => string;
}

export type AutomatedBeginning =
  | { readonly kind: "handed"; readonly profile: HandedProfile }
  /** The device is to update first. */
  | { readonly kind: "update"; readonly to: MinimumSystem };

/**
 * Begins the enrollment of a device that came from Setup Assistant, as its maker says which it is. The address says which server
 * Apple sent it to; the server knows its devices. The enrollment belongs to this hardware from the beginning.
 */
export const beginAutomated =
  (deps: BeginAutomatedDeps) =>
  (door: string, info: MachineInfo): Promise<AutomatedBeginning> =>
    deps.database.system(async (work): Promise<AutomatedBeginning> => {
      const server = await serverOfDoor(work.sql, sha256(door));
      if (server === undefined)
        throw refuse("automated.door_unknown", "this address belongs to no server for automated enrollment");
      const { defaultProfileId, id: serverId, rules, tenant } = server;
      const [device] = await devicesBySerial(work.sql, { tenant, serverId }, [info.serialNumber]);
      if (device === undefined || info.udid === "")
        throw refuse("automated.not_assigned", "the device is not assigned to this server at Apple");
      // What the device was told counts; what it is to have by now may not have reached Apple yet.
      const definitions = await definitionsOf(work.sql, tenant, serverId);
      const told = definitions.find(({ profileUuid }) => profileUuid === device.profileUuid);
      const profileId = told?.profileId ?? wantedProfile(device, rules, defaultProfileId);
      const profile = profileId === undefined ? undefined : await findProfile(work.sql, tenant, profileId);
      const settings = profile?.settings;
      const to = updateNeeded(info, settings?.minimums ?? []);
      if (to !== undefined) return { kind: "update", to };
      const id = deps.newId();
      const handed = await beginEnrollment(
        work,
        {
          tenant,
          id,
          kind: "automated",
          ownership: "corporate",
          expectedSerial: info.serialNumber,
          supervised: settings?.supervised ?? false,
          releasedByHand: settings?.releasedByHand ?? false,
        },
        deps,
      );
      if (handed === undefined) throw new Error("a new id was taken already");
      await bindHardware(work.sql, { tenant, id }, info.udid, undefined);
      return { kind: "handed", profile: handed };
    });
