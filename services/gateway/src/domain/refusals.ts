import { refusals } from "@muster/host/refusal";

/** Every code the gateway itself refuses with; docs/api-errors.md explains them. */
export const CODES = {
  "api.bad_request": "invalid",
  "api.unauthenticated": "unauthenticated",
  "api.forbidden": "forbidden",
  "api.cross_site": "forbidden",
  "api.too_many_requests": "too_many",
  "api.idempotency_conflict": "conflict",
  "api.in_progress": "conflict",
  "api.unrecordable": "unavailable",
  "identity.bad_credentials": "unauthenticated",
  "identity.too_many_attempts": "too_many",
  "identity.bad_email": "invalid",
  "identity.bad_name": "invalid",
  "identity.bad_tenant_id": "invalid",
  "identity.bad_expiry": "invalid",
  "identity.weak_password": "invalid",
  "identity.unknown_role": "invalid",
  "identity.email_taken": "conflict",
  "identity.tenant_taken": "conflict",
  "identity.last_admin": "conflict",
  "identity.user_unknown": "not_found",
  "identity.token_unknown": "not_found",
  "identity.more_than_own_rights": "forbidden",
  "identity.not_first_tenant": "forbidden",
  "desired_state.bad_document": "invalid",
  "desired_state.plan_unknown": "not_found",
  "desired_state.already_applied": "conflict",
  "desired_state.expired": "conflict",
  "desired_state.moved": "conflict",
  "desired_state.busy": "conflict",
  "parked.unknown": "not_found",
  "parked.unknown_service": "invalid",
} as const;

export const refuse = refusals(CODES);
