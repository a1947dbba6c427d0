import type { OutgoingEvent } from "../domain/outgoing-event.ts";

/** The n-th event of a stream, for tests of what takes events. */
export const outgoingEvent = (n: number, changes: Partial<OutgoingEvent> = {}): OutgoingEvent => ({
  id: `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`,
  type: "muster.policy.v1.PolicyChanged",
  tenant: "acme",
  time: new Date("2026-03-01T08:00:00Z"),
  source: "/muster/policy",
  deviceId: "",
  actor: "",
  traceId: "",
  position: `7.${n}`,
  text: JSON.stringify({ n }),
  ...changes,
});
