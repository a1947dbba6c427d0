import type { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { EnrollmentServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/enrollment_service";
import type { Caller } from "@muster/rpc/caller";
import type { ClientOf } from "@muster/rpc/client";
import type { ApprovalLimits } from "../../domain/campaign/approval.ts";
import { holdAllowance, needsCampaign } from "../ask-alone.ts";
import type { Database } from "../ports.ts";

export interface UnenrollDeps {
  readonly database: Database;
  readonly now: () => Date;
  /** More devices are a campaign that a second person approves. */
  readonly approvalAbove: ApprovalLimits;
  readonly enrollment: Pick<ClientOf<EnrollmentServiceServer>, "getEnrollment" | "unenroll">;
}

/**
 * Ends the management of one device at once. It is counted before enrollment is asked: whatever happens in between, nobody
 * unenrolled more devices alone than were counted.
 */
export const unenrollDevice =
  ({ approvalAbove, database, enrollment, now }: UnenrollDeps) =>
  async (deviceId: string, reason: string, caller: Caller): Promise<Enrollment | undefined> => {
    // What is not there, or not managed any more, uses nothing up.
    const known = await enrollment.getEnrollment({ deviceId }, caller);
    if (known.enrollment?.status === Status.STATUS_UNENROLLED) return known.enrollment;
    const order = { type: "unenroll", apple: undefined, deviceIds: [deviceId.toLowerCase()] } as const;
    await database.tenant(caller.tenant, async (work) => {
      const allowance = await holdAllowance(work, order, caller, approvalAbove, now());
      if (allowance?.suffices === false) throw needsCampaign(order, approvalAbove, allowance.left);
      await allowance?.note(order.deviceIds);
    });
    return (await enrollment.unenroll({ deviceId, reason }, caller)).enrollment;
  };
