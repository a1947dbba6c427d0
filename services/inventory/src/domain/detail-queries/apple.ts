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
  { fact: "apple_apps", shape: "list", software: "apple_app" },
];
