import type { DetailQuery } from "./detail-query.ts";

/**
 * What Apple's devices answer over Apple's own protocol. Nobody asks osquery for these: they come as answers to commands, in
 * rows that are read like all others.
 */
export const APPLE_DETAILS: readonly Omit<DetailQuery, "sql">[] = [
  {
    fact: "apple_device",
    shape: "object",
    numbers: ["device_capacity_gb"],
    volatile: ["available_device_capacity_gb", "battery_level"],
  },
  { fact: "apple_security", shape: "object" },
  { fact: "apple_profiles", shape: "list" },
  { fact: "apple_certificates", shape: "list" },
  { fact: "apple_status", shape: "object" },
  { fact: "apple_status_software_update", shape: "object" },
  { fact: "apple_status_apps", shape: "list" },
  { fact: "apple_status_certificates", shape: "list" },
  { fact: "apple_status_accounts", shape: "list" },
  { fact: "apple_status_errors", shape: "list" },
  { fact: "apple_apps", shape: "list", software: "apple_app" },
  { fact: "apple_managed_apps", shape: "list" },
  { fact: "apple_users", shape: "list", numbers: ["uid"] },
  { fact: "apple_available_updates", shape: "list", numbers: ["download_size"] },
  { fact: "apple_update_status", shape: "list", numbers: ["download_percent"], volatile: ["download_percent"] },
  { fact: "apple_provisioning_profiles", shape: "list" },
];
