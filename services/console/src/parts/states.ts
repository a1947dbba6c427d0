import type { Tone } from "./badge.tsx";

/** How good a state is, by the last word of its enumeration's value. */
const TONES: Readonly<Record<string, Tone>> = {
  PASS: "ok",
  FAIL: "bad",
  STALE: "warn",
  ACKNOWLEDGED: "ok",
  FAILED: "bad",
  EXPIRED: "warn",
  CANCELLED: "plain",
  REJECTED: "bad",
  QUEUED: "info",
  DELIVERED: "info",
  RUNNING: "info",
  COMPLETED: "ok",
  PAUSED: "warn",
  HALTED: "bad",
  APPROVAL: "warn",
  FAILING: "bad",
  FULL: "bad",
  CRITICAL: "bad",
  HIGH: "warn",
  MEDIUM: "info",
  VERIFIED: "ok",
  ACTIVE: "ok",
  INVALID: "bad",
  DEAD: "bad",
  PARKED: "warn",
  PENDING: "info",
  REFUSED: "bad",
  SUCCEEDED: "ok",
  CURRENT: "ok",
  EARLIER: "warn",
  DONE: "ok",
  REMOVING: "warn",
};

export const toneOf = (state: string): Tone => TONES[state.split("_").at(-1) ?? ""] ?? "plain";
