import type { EnrollmentKey } from "../../storage/apple-visitors.ts";
import type { AppleVisit, VisitOutcome } from "./serve-apple.ts";
import type { NoteContact } from "./tell-contacts.ts";

export interface VisitDeps {
  readonly serve: (visit: AppleVisit) => Promise<VisitOutcome>;
  /** Asks enrollment who this is, and keeps the answer; false when it knows nobody either. */
  readonly resolve: (key: EnrollmentKey) => Promise<boolean>;
  readonly saw: NoteContact;
  readonly now: () => Date;
}

/** Serves a device. One that enrolled a moment ago may be here before the event that tells of it. */
export const visitApple =
  ({ now, resolve, saw, serve }: VisitDeps) =>
  async (visit: AppleVisit): Promise<VisitOutcome> => {
    let outcome = await serve(visit);
    if (outcome.kind === "unknown" && (await resolve(visit))) outcome = await serve(visit);
    if (outcome.kind === "served") saw({ tenant: visit.tenant, deviceId: outcome.deviceId }, now());
    return outcome;
  };
