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
  "subscriber.unknown": "not_found",
  "subscriber.missing": "invalid",
  "subscriber.bad_name": "invalid",
  "subscriber.bad_format": "invalid",
  "subscriber.bad_buffer": "invalid",
  "subscriber.bad_overlap": "invalid",
  "subscriber.bad_replay": "invalid",
  "subscriber.not_offered": "conflict",
});
