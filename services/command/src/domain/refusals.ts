import { refusals } from "@muster/host/refusal";

/** Every no this service says. The codes are API. */
export const refuse = refusals({
  "command.unknown": "not_found",
  "command.bad_request": "invalid",
  "command.ended": "conflict",
  "command.stopping": "unavailable",
  "command.needs_campaign": "conflict",
  "script.unknown": "not_found",
  "script.bad_name": "invalid",
  "script.bad_content": "invalid",
  "script.too_large": "too_large",
  "script.name_taken": "conflict",
  "apple.not_believed": "forbidden",
  "apple.not_enrolled": "forbidden",
  "apple.bad_body": "invalid",
  "agent.certificate_required": "unauthenticated",
  "agent.reenroll": "unauthenticated",
  "agent.bad_body": "invalid",
  "agent.too_many_streams": "unavailable",
  "orbit.unauthenticated": "unauthenticated",
  "orbit.bad_body": "invalid",
  "orbit.nothing_there": "not_found",
  "orbit.token_taken": "conflict",
});
