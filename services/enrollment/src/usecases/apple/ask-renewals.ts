import type { ServiceDatabase } from "@muster/postgres/service-database";
import { renewalsOver, renewalWindow } from "../../domain/apple/renewal.ts";
import { refuse } from "../../domain/refusals.ts";
import { type Ending, lockEnding, lockRenewable, noteAsked } from "../../storage/apple-renewals.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import type { EnrollmentWork } from "./escrow.ts";

export interface AskRenewalsDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly now: () => Date;
  readonly newId: () => string;
}

const AT_ONCE = 500;

/** Has the certificates renewed that end soon, a batch at a time. Answers how many devices were asked. */
export const askRenewals = (deps: AskRenewalsDeps) => async (): Promise<number> => {
  let asked = 0;
  for (;;) {
    const batch = await deps.database.system(async (work) => {
      const now = deps.now();
      const ending = await lockEnding(work.sql, now, { ...renewalWindow(now), over: renewalsOver(now) }, AT_ONCE);
      await ask(work, ending, "", deps);
      return ending.length;
    });
    asked += batch;
    if (batch < AT_ONCE) return asked;
  }
};

/** Has one device's certificate renewed now, whenever it ends; answers the command that does it. */
export const askRenewal =
  (deps: AskRenewalsDeps) =>
  (tenant: string, deviceId: string, actor: string): Promise<string> =>
    deps.database.tenant(tenant, async (work) => {
      const ending = await lockRenewable(work.sql, { tenant, deviceId }, renewalsOver(deps.now()));
      if (ending === undefined)
        throw refuse(
          "apple.not_renewing",
          "there is no certificate to renew: the device is not managed over Apple's protocol, or is being asked already",
        );
      const [commandId = ""] = await ask(work, [ending], actor, deps);
      return commandId;
    });

async function ask(
  work: EnrollmentWork,
  ending: readonly Ending[],
  actor: string,
  { newId, now }: AskRenewalsDeps,
): Promise<string[]> {
  if (ending.length === 0) return [];
  const asked = ending.map((each) => ({ ...each, commandId: newId() }));
  await noteAsked(work.sql, asked, now());
  for (const { commandId, deviceId, enrollmentId, notAfter, tenant } of asked) {
    const data = { deviceId, enrollmentId, commandId, certificateNotAfter: notAfter };
    work.emit({ type: "muster.enrollment.v1.IdentityRenewalRequested", tenant, deviceId, actor, data });
  }
  return asked.map(({ commandId }) => commandId);
}
