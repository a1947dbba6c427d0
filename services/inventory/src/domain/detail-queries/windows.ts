import type { DetailQuery } from "./detail-query.ts";
import { BROWSER_EXTENSIONS, COMMON_QUERIES } from "./every-platform.ts";

export const WINDOWS_QUERIES: readonly DetailQuery[] = [
  ...COMMON_QUERIES,
  { fact: "kernel_info", shape: "object", sql: "select version, path from kernel_info" },
  {
    fact: "users",
    shape: "list",
    sql: "select uid, gid, username, description, directory, uuid, type from users where type <> 'special'",
    numbers: ["uid", "gid"],
  },
  {
    fact: "logical_drives",
    shape: "list",
    sql: "select device_id, type, description, file_system, size, free_space, boot_partition from logical_drives",
    numbers: ["size", "free_space", "boot_partition"],
    volatile: ["free_space"],
  },
  {
    fact: "bitlocker_info",
    shape: "list",
    sql: "select device_id, drive_letter, conversion_status, protection_status, encryption_method, percentage_encrypted, lock_status from bitlocker_info",
    numbers: ["conversion_status", "protection_status", "percentage_encrypted", "lock_status"],
  },
  {
    fact: "windows_security_center",
    shape: "object",
    sql: "select firewall, autoupdate, antivirus, antispyware, internet_settings, windows_security_center_service, user_account_control from windows_security_center",
  },
  {
    fact: "secureboot",
    shape: "object",
    sql: "select secure_boot, setup_mode from secureboot",
    numbers: ["secure_boot", "setup_mode"],
  },
  { fact: "patches", shape: "list", sql: "select hotfix_id, caption, description, installed_on from patches" },
  {
    fact: "programs",
    shape: "list",
    software: "program",
    sql: "select name, version, publisher as vendor from programs",
  },
  BROWSER_EXTENSIONS,
];
