import type { TraceCarrier } from "@muster/host/telemetry";
import { keyOf } from "../domain/device-key.ts";
import type { Step } from "../domain/evolve.ts";
import { saveCommands } from "../storage/commands.ts";
import { eventsOfStep } from "./events-of-step.ts";
import { noteStep, traceOfCommand } from "./note-step.ts";
import type { CommandWork } from "./ports.ts";
import { followSteps } from "./vpp/follow-steps.ts";

/** Who caused a step, nobody when the platform itself did, and where in a trace it belongs. */
export type CauseOf = (step: Step) => { readonly actor: string; readonly trace: TraceCarrier };

/** What comes of a command hours later still belongs to the trace of whoever asked. */
export const byPlatform: CauseOf = ({ after }) => ({ actor: "", trace: traceOfCommand(after) });

export const byPerson =
  (actor: string): CauseOf =>
  ({ after }) => ({ actor, trace: traceOfCommand(after) });

/** What devices did at a door; `requests` are the places of their requests in their traces, by `keyOf`. */
export const byDevice =
  (requests: ReadonlyMap<string, TraceCarrier>, now: Date): CauseOf =>
  (step) => ({
    actor: `device:${step.after.deviceId}`,
    trace: noteStep(step, requests.get(keyOf(step.after)) ?? {}, now),
  });

/** Saves where commands stand after these steps and emits what is told on the bus, in the one transaction. */
export async function recordSteps(work: CommandWork, steps: readonly Step[], causeOf: CauseOf): Promise<void> {
  const last = new Map(steps.map(({ after }) => [`${after.tenant}/${after.id}`, after]));
  await saveCommands(work.sql, [...last.values()]);
  await followSteps(work, steps);
  for (const step of steps) {
    const { deviceId, tenant } = step.after;
    // Also of a step that nothing is told of: it has its place in a trace.
    const { actor, trace } = causeOf(step);
    for (const event of eventsOfStep(step)) work.emit({ ...event, tenant, deviceId, actor, trace });
  }
}
