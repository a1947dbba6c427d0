import type { HeardEvent } from "@muster/postgres/listen";
import type { BodySeal } from "../usecases/apple/plan-apple.ts";
import { syncDeclarations } from "../usecases/apple/sync-declarations.ts";
import type { CommandWork } from "../usecases/ports.ts";
import { onDesiredState } from "./on-desired-state.ts";
import { onRemediation } from "./on-remediation.ts";

/** What policy wants done becomes commands: scripts that are to mend something, and changes of Apple's devices. */
export const onPolicy = (now: () => Date, sealing: BodySeal) => {
  const remedy = onRemediation(now, sealing.newId);
  const change = onDesiredState(now, sealing);
  const sync = syncDeclarations(now, sealing);
  return async (work: CommandWork, events: readonly HeardEvent[]): Promise<void> => {
    const remediations = events.filter(({ type }) => type === "muster.policy.v1.RemediationRequested");
    if (remediations.length > 0) await remedy(work, remediations);
    await change(work, events);
    await sync(work, events);
  };
};
