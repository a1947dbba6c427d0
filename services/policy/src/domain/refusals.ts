import { refusals } from "@muster/host/refusal";

/** Everything this service refuses with. */
export const CODES = {
  "policy.unknown": "not_found",
  "policy.name_taken": "conflict",
  "policy.bad_name": "invalid",
  "policy.bad_query": "invalid",
  "policy.bad_interval": "invalid",
  "policy.bad_selection": "invalid",
  "policy.too_long": "invalid",
  "policy.missing": "invalid",
  "profile.unknown": "not_found",
  "profile.missing": "invalid",
  "profile.bad_name": "invalid",
  "profile.too_long": "invalid",
  "profile.name_taken": "conflict",
  "profile.identifier_taken": "conflict",
  "profile.identifier_changed": "conflict",
  "profile.invalid": "invalid",
  "profile.not_for_device": "not_found",
  "profile.variable_private": "forbidden",
  "profile.variable_unknown": "conflict",
  "declaration.unknown": "not_found",
  "declaration.name_taken": "conflict",
  "declaration.identifier_taken": "conflict",
  "declaration.in_use": "conflict",
  "declaration.fixed": "conflict",
  "declaration.bad_name": "invalid",
  "declaration.too_long": "invalid",
  "declaration.missing": "invalid",
  "declaration.invalid": "invalid",
  "declaration.content_unknown": "not_found",
} as const;

export const refuse = refusals(CODES);
