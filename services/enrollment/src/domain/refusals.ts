import { refusals } from "@muster/host/refusal";

/** Every no of this service. The codes are part of the API. */
export const refuse = refusals({
  "enrollment.secret_unknown": "unauthenticated",
  "enrollment.secret_expired": "unauthenticated",
  "enrollment.secret_revoked": "unauthenticated",
  "enrollment.token_unknown": "unauthenticated",
  "enrollment.token_expired": "unauthenticated",
  "enrollment.token_revoked": "unauthenticated",
  "enrollment.token_used": "unauthenticated",
  "enrollment.bad_request": "invalid",
  "enrollment.bad_csr": "invalid",
  "enrollment.too_many_failures": "too_many",
  "enrollment.cooling_down": "too_many",
  "enrollment.busy": "too_many",
  "enrollment.undecided": "unavailable",
  "enrollment.unknown": "not_found",
  "enrollment.secret_not_found": "not_found",
  "enrollment.token_not_found": "not_found",
  "enrollment.secret_taken": "conflict",
  "enrollment.weak_secret": "invalid",
  "enrollment.bad_name": "invalid",
  "enrollment.bad_expiry": "invalid",
  "enrollment.bad_max_uses": "invalid",
  "enrollment.bad_page_token": "invalid",
  "agent.no_certificate": "unauthenticated",
  "agent.reenroll": "unauthenticated",
});
