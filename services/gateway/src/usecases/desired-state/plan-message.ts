import type { DesiredStatePlan } from "@muster/contracts/gen/muster/gateway/v1/desired_state";

/** A plan as it is answered; it can be applied as soon as it has an id. */
export const planMessage = (parts: Partial<DesiredStatePlan>): DesiredStatePlan => ({
  id: "",
  state: "DESIRED_STATE_PLAN_STATE_PLANNED",
  fingerprint: "",
  owner: "",
  prune: false,
  changes: [],
  unchangedCount: 0,
  unnamed: [],
  problems: [],
  error: "",
  createdBy: "",
  createdAt: undefined,
  expiresAt: undefined,
  endedAt: undefined,
  ...parts,
});
