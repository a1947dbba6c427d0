import type { TableSpecs } from "./table-spec.ts";

export const softwareTables = {
  deb_packages: {
    on: ["linux"],
    columns:
      "name TEXT, version TEXT, source TEXT, size BIGINT, arch TEXT, revision TEXT, status TEXT, maintainer TEXT, section TEXT, priority TEXT, admindir TEXT",
    hidden: "pid_with_namespace INTEGER, mount_namespace_id TEXT",
  },
  rpm_packages: {
    on: ["linux"],
    columns:
      "name TEXT, version TEXT, release TEXT, source TEXT, size BIGINT, sha1 TEXT, arch TEXT, epoch INTEGER, install_time INTEGER, vendor TEXT, package_group TEXT",
    hidden: "pid_with_namespace INTEGER, mount_namespace_id TEXT",
  },
  programs: {
    on: ["windows"],
    columns:
      "name TEXT, version TEXT, install_location TEXT, install_source TEXT, language TEXT, publisher TEXT, uninstall_string TEXT, install_date TEXT, identifying_number TEXT, package_family_name TEXT, upgrade_code TEXT",
  },
  apps: {
    on: ["darwin"],
    columns:
      "name TEXT, path TEXT, bundle_executable TEXT, bundle_identifier TEXT, bundle_name TEXT, bundle_short_version TEXT, bundle_version TEXT, bundle_package_type TEXT, environment TEXT, element TEXT, compiler TEXT, development_region TEXT, display_name TEXT, info_string TEXT, minimum_system_version TEXT, category TEXT, applescript_enabled TEXT, copyright TEXT, last_opened_time DOUBLE",
  },
  patches: {
    on: ["windows"],
    columns:
      "csname TEXT, hotfix_id TEXT, caption TEXT, description TEXT, fix_comments TEXT, installed_by TEXT, install_date TEXT, installed_on TEXT",
  },
  chrome_extensions: {
    columns:
      "browser_type TEXT, uid BIGINT, name TEXT, profile TEXT, profile_path TEXT, referenced_identifier TEXT, identifier TEXT, version TEXT, description TEXT, default_locale TEXT, current_locale TEXT, update_url TEXT, author TEXT, persistent INTEGER, path TEXT, permissions TEXT, optional_permissions TEXT, manifest_hash TEXT, referenced BIGINT, from_webstore TEXT, state TEXT, install_time TEXT, install_timestamp BIGINT",
    hidden: "permissions_json TEXT, optional_permissions_json TEXT, manifest_json TEXT, key TEXT",
  },
  homebrew_packages: {
    on: ["darwin"],
    columns: "name TEXT, path TEXT, version TEXT, type TEXT, auto_updates INTEGER, app_name TEXT",
    hidden: "prefix TEXT",
  },
  kernel_modules: { on: ["linux"], columns: "name TEXT, size BIGINT, used_by TEXT, status TEXT, address TEXT" },
} as const satisfies TableSpecs;
