import { setTimeout as pause } from "node:timers/promises";
import { type Listener, type Missing, missingEvents } from "./checks/events-heard.ts";
import type { Patient } from "./injury.ts";

const HEAL_WITHIN_MS = 240_000;

/** Waits until everything that was committed is heard, or the time is over; what is missing then is a finding. */
export async function healed(
  patient: Patient,
  listeners: readonly Listener[],
  say: (line: string) => void,
): Promise<Missing[]> {
  const deadline = performance.now() + HEAL_WITHIN_MS;
  let saidAt = performance.now();
  for (;;) {
    const missing = await patient.withDatabase((client) => missingEvents(client, listeners));
    const left = missing.filter((each) => each.missing > 0);
    if (left.length === 0 || performance.now() > deadline) return missing;
    if (performance.now() - saidAt > 10_000) {
      saidAt = performance.now();
      say(`not heard yet: ${left.map((each) => `${each.missing} by ${each.consumer}`).join(", ")}`);
    }
    await pause(500);
  }
}
