import type { EnrollmentKey } from "../../storage/apple-channels.ts";
import type { AppleVisit, VisitOutcome } from "./serve-apple.ts";

export interface VisitDeps {
  readonly serve: (visit: AppleVisit) => Promise<VisitOutcome>;
  /** Asks enrollment who this is, and keeps the answer; false when it knows nobody either. */
  readonly resolve: (key: EnrollmentKey) => Promise<boolean>;
}

/** Serves a device. One that enrolled a moment ago may be here before the event that tells of it. */
export const visitApple =
  ({ resolve, serve }: VisitDeps) =>
  async (visit: AppleVisit): Promise<VisitOutcome> => {
    const outcome = await serve(visit);
    if (outcome.kind !== "unknown" || !(await resolve(visit))) return outcome;
    return serve(visit);
  };
