import { refusals } from "@muster/host/refusal";

/** Everything this service refuses with. */
export const refuse = refusals({
  "activity.bad_position": "invalid",
  "activity.bad_type": "invalid",
  "activity.bad_service": "invalid",
  "audit.record_unknown": "not_found",
  "webhook.unknown": "not_found",
  "webhook.missing": "invalid",
  "webhook.bad_name": "invalid",
  "webhook.bad_url": "invalid",
  "webhook.unknown_host": "invalid",
  "webhook.forbidden_address": "invalid",
  "delivery.bad_id": "invalid",
});
