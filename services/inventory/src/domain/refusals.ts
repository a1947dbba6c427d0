import { refusals } from "@muster/host/refusal";

/** Everything this service refuses with. */
export const CODES = {
  "device.unknown": "not_found",
  "device.ambiguous": "conflict",
  "device.unenrolled": "conflict",
  "device.personal": "forbidden",
  "device.bad_id": "invalid",
  "query.bad_sql": "invalid",
  "live_query.unknown": "not_found",
  "live_query.bad_expiry": "invalid",
  "label.unknown": "not_found",
  "label.bad": "invalid",
  "label.name_taken": "conflict",
  "label.not_manual": "conflict",
  "label.too_many": "conflict",
  "osquery.bad_config": "invalid",
  "osquery.bad_body": "invalid",
  "osquery.bad_log": "invalid",
  "list.bad_presence": "invalid",
  "list.bad_condition": "invalid",
  "carve.unknown": "not_found",
  "carve.bad_path": "invalid",
  "carve.bad_block": "invalid",
  "carve.too_large": "too_large",
  "carve.not_ready": "conflict",
} as const;

export const refuse = refusals(CODES);
