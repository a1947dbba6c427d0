import type { TableSpecs } from "./table-spec.ts";

export const securityTables = {
  windows_security_center: {
    on: ["windows"],
    columns:
      "firewall TEXT, autoupdate TEXT, antivirus TEXT, internet_settings TEXT, windows_security_center_service TEXT, user_account_control TEXT",
    hidden: "antispyware TEXT",
  },
  alf: {
    on: ["darwin"],
    columns:
      "allow_signed_enabled INTEGER, firewall_unload INTEGER, global_state INTEGER, logging_enabled INTEGER, logging_option INTEGER, stealth_enabled INTEGER, version TEXT",
  },
  gatekeeper: {
    on: ["darwin"],
    columns: "assessments_enabled INTEGER, dev_id_enabled INTEGER, version TEXT, opaque_version TEXT",
  },
  sip_config: { on: ["darwin"], columns: "config_flag TEXT, enabled INTEGER, enabled_nvram INTEGER" },
  screenlock: { on: ["darwin"], columns: "enabled INTEGER, grace_period INTEGER" },
  certificates: {
    columns:
      "common_name TEXT, subject TEXT, subject2 TEXT, issuer TEXT, issuer2 TEXT, ca INTEGER, self_signed INTEGER, not_valid_before TEXT, not_valid_after TEXT, signing_algorithm TEXT, key_algorithm TEXT, key_strength TEXT, key_usage TEXT, subject_key_id TEXT, authority_key_id TEXT, sha1 TEXT, path TEXT, serial TEXT",
    only: { windows: "sid TEXT, store_location TEXT, store TEXT, username TEXT, store_id TEXT" },
  },
  windows_security_products: {
    on: ["windows"],
    columns:
      "type TEXT, name TEXT, state TEXT, state_timestamp TEXT, remediation_path TEXT, signatures_up_to_date INTEGER",
  },
  authorized_keys: {
    on: ["linux", "darwin"],
    columns: "uid BIGINT, algorithm TEXT, key TEXT, options TEXT, comment TEXT, key_file TEXT",
    hidden: "pid_with_namespace INTEGER",
  },
  crontab: {
    on: ["linux", "darwin"],
    columns:
      "event TEXT, minute TEXT, hour TEXT, day_of_month TEXT, month TEXT, day_of_week TEXT, command TEXT, path TEXT",
    hidden: "pid_with_namespace INTEGER",
  },
} as const satisfies TableSpecs;
