import type { DetailQuery } from "./detail-query.ts";

/** What is asked of a device whose platform is not known yet; the answer to os_version says the rest. */
export const FIRST_QUERIES: readonly DetailQuery[] = [
  {
    fact: "os_version",
    shape: "object",
    sql: "select name, version, major, minor, patch, build, platform, platform_like, codename, arch from os_version",
    numbers: ["major", "minor", "patch"],
  },
  {
    fact: "osquery_info",
    shape: "object",
    sql: "select uuid, instance_id, version, build_platform, build_distro, config_valid from osquery_info",
    volatile: ["config_hash", "pid", "start_time"],
  },
  {
    fact: "system_info",
    shape: "object",
    sql: "select hostname, computer_name, local_hostname, uuid, cpu_type, cpu_brand, cpu_physical_cores, cpu_logical_cores, physical_memory, hardware_vendor, hardware_model, hardware_version, hardware_serial from system_info",
    numbers: ["cpu_physical_cores", "cpu_logical_cores", "physical_memory"],
  },
];

/** What every platform answers alike. */
export const COMMON_QUERIES: readonly DetailQuery[] = [
  ...FIRST_QUERIES,
  {
    fact: "uptime",
    shape: "object",
    sql: "select total_seconds from uptime",
    numbers: ["total_seconds", "days", "hours", "minutes", "seconds"],
    volatile: ["total_seconds", "days", "hours", "minutes", "seconds"],
  },
  {
    fact: "interface_addresses",
    shape: "list",
    sql: "select interface, address, mask from interface_addresses where address not like '127.%' and address <> '::1' and address not like 'fe80%'",
  },
  {
    fact: "interface_details",
    shape: "list",
    sql: "select interface, mac, mtu from interface_details where mac <> '00:00:00:00:00:00'",
    numbers: ["mtu"],
  },
];

export const BROWSER_EXTENSIONS: DetailQuery = {
  fact: "chrome_extensions",
  shape: "list",
  software: "chrome_extension",
  sql: "select distinct e.name, e.version, e.identifier as vendor from users u cross join chrome_extensions e using (uid)",
};
