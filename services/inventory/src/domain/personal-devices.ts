import type { OsqueryRow } from "./rows.ts";

/*
 * What may be known of a device that a person owns: whether it is safe to let in, and nothing about the person. It is
 * an allow-list of facts and of their columns, applied before anything is stored, logged or published.
 */
export const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  os_version: ["name", "version", "major", "minor", "patch", "build", "platform", "platform_like", "codename", "arch"],
  osquery_info: ["version", "build_platform"],
  system_info: ["hardware_vendor", "hardware_model", "cpu_type"],
  disk_encryption: ["encrypted", "encryption_status", "filevault_status"],
  bitlocker_info: ["conversion_status", "protection_status", "percentage_encrypted"],
  secureboot: ["secure_boot", "setup_mode", "secure_mode", "description"],
  windows_security_center: ["firewall", "autoupdate", "antivirus"],
  alf: ["global_state", "stealth_enabled"],
  apple_device: [
    "os_version",
    "build_version",
    "model_name",
    "model",
    "product_name",
    "device_capacity_gb",
    "is_supervised",
    "is_activation_lock_enabled",
  ],
  // What the organization itself put there.
  apple_managed_apps: ["identifier", "status", "has_configuration"],
  apple_security: ["passcode_present", "passcode_compliant", "fde_enabled", "system_integrity_protection_enabled"],
  apple_status: [
    "device_model_family",
    "device_model_identifier",
    "device_model_marketing_name",
    "device_operating_system_build_version",
    "device_operating_system_family",
    "device_operating_system_marketing_name",
    "device_operating_system_version",
    "device_operating_system_supplemental_build_version",
    "device_operating_system_supplemental_extra_version",
    "diskmanagement_filevault_enabled",
    "passcode_is_compliant",
    "passcode_is_present",
  ],
  apple_status_software_update: [
    "failure_reason_count",
    "failure_reason_reason",
    "install_state",
    "pending_version_build_version",
    "pending_version_os_version",
    "pending_version_target_local_date_time",
  ],
  apple_status_errors: ["item", "code"],
  gatekeeper: ["assessments_enabled", "dev_id_enabled"],
};

export const mayCollect = (fact: string): boolean => Object.hasOwn(ALLOWED, fact);

/** The rows with the columns that may be known; nothing of a fact that may not. */
export function onlyAllowed(fact: string, rows: readonly OsqueryRow[]): OsqueryRow[] {
  const columns = ALLOWED[fact] ?? [];
  return rows.map((row) =>
    Object.fromEntries(columns.flatMap((name) => (name in row ? [[name, row[name] ?? ""]] : []))),
  );
}
