import { refusals } from "@muster/host/refusal";

/** Everything this service refuses with. */
export const refuse = refusals({
  "policy.unknown": "not_found",
  "policy.name_taken": "conflict",
  "policy.bad_name": "invalid",
  "policy.bad_query": "invalid",
  "policy.bad_interval": "invalid",
  "policy.bad_selection": "invalid",
  "policy.too_long": "invalid",
  "policy.missing": "invalid",
});
