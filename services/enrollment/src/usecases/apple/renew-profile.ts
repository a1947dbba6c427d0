import type { ServiceDatabase } from "@muster/postgres/service-database";
import { refuse } from "../../domain/refusals.ts";
import { lockAppleEnrollment } from "../../storage/apple-enrollments.ts";
import { registryWork } from "../../storage/registry.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { type ChallengeDeps, type HandedProfile, withFreshChallenge } from "./new-enrollment.ts";

export interface RenewProfileDeps extends ChallengeDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
}

/**
 * What the profile is made of that renews a device's certificate, for the command that was asked to bring it and for no
 * other. Each delivery has a challenge of its own.
 */
export const renewProfile =
  (deps: RenewProfileDeps) =>
  (tenant: string, deviceId: string, commandId: string): Promise<HandedProfile> =>
    deps.database.tenant(tenant, async (work) => {
      const device = await registryWork(work).device(tenant, deviceId);
      const id = device?.status === "enrolled" ? device.apple?.enrollmentId : undefined;
      const enrollment = id === undefined ? undefined : await lockAppleEnrollment(work.sql, tenant, id);
      if (enrollment === undefined || enrollment.renewalCommandId !== commandId)
        throw refuse("apple.not_renewing", "this command does not renew the certificate of a device that is managed");
      return withFreshChallenge(work, enrollment, deps);
    });
