import type { AccountGrant } from "@muster/device-identity/account-token";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { refuse } from "../../domain/refusals.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { beginEnrollment, type ChallengeDeps, type HandedProfile } from "../apple/new-enrollment.ts";

export interface EnrollByAccountDeps extends ChallengeDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
}

/** Begins the enrollment that a person signed in for. A sign-in begins one, once. */
export const enrollByAccount =
  (deps: EnrollByAccountDeps) =>
  ({ account, enrollmentId, ownership, tenant }: AccountGrant): Promise<HandedProfile> =>
    deps.database.tenant(tenant, async (work) => {
      const kind = ownership === "personal" ? "account_user" : "account_device";
      const beginning = { tenant, id: enrollmentId, kind, ownership, managedAccount: account } as const;
      const handed = await beginEnrollment(work, beginning, deps);
      if (handed === undefined)
        throw refuse("account.token_used", "a device was enrolled with this sign-in already; sign in again");
      return handed;
    });
