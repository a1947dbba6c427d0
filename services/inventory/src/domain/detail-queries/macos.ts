import type { DetailQuery } from "./detail-query.ts";
import { BROWSER_EXTENSIONS, COMMON_QUERIES } from "./every-platform.ts";

export const MACOS_QUERIES: readonly DetailQuery[] = [
  ...COMMON_QUERIES,
  { fact: "kernel_info", shape: "object", sql: "select version, path from kernel_info" },
  {
    fact: "users",
    shape: "list",
    sql: "select uid, gid, username, description, directory, shell, uuid from users where uid >= 500 and is_hidden = 0",
    numbers: ["uid", "gid"],
  },
  {
    fact: "mounts",
    shape: "list",
    sql: "select device, path, type, blocks_size, blocks, blocks_free from mounts where device like '/dev/%'",
    numbers: ["blocks_size", "blocks", "blocks_free"],
    volatile: ["blocks_free", "blocks_available", "inodes_free"],
  },
  {
    fact: "disk_encryption",
    shape: "list",
    sql: "select name, uuid, encrypted, type, encryption_status, filevault_status from disk_encryption",
    numbers: ["encrypted"],
  },
  {
    fact: "alf",
    shape: "object",
    sql: "select global_state, stealth_enabled, logging_enabled, version from alf",
    numbers: ["global_state", "stealth_enabled", "logging_enabled"],
  },
  { fact: "sip_config", shape: "list", sql: "select config_flag, enabled from sip_config", numbers: ["enabled"] },
  {
    fact: "gatekeeper",
    shape: "object",
    sql: "select assessments_enabled, dev_id_enabled, version, opaque_version from gatekeeper",
    numbers: ["assessments_enabled", "dev_id_enabled"],
  },
  {
    fact: "secureboot",
    shape: "object",
    sql: "select secure_mode, description, kernel_extensions, mdm_operations from secureboot",
    numbers: ["secure_mode", "kernel_extensions", "mdm_operations"],
  },
  {
    fact: "apps",
    shape: "list",
    software: "app",
    sql: "select name, bundle_short_version as version, bundle_identifier as vendor from apps",
  },
  {
    fact: "homebrew_packages",
    shape: "list",
    software: "homebrew",
    sql: "select name, version, '' as vendor from homebrew_packages",
  },
  BROWSER_EXTENSIONS,
];
