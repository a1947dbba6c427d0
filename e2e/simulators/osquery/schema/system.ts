import type { TableSpecs } from "./table-spec.ts";

export const systemTables = {
  os_version: {
    columns:
      "name TEXT, version TEXT, major INTEGER, minor INTEGER, patch INTEGER, build TEXT, platform TEXT, platform_like TEXT, codename TEXT, arch TEXT",
    only: { darwin: "extra TEXT", windows: "install_date BIGINT, revision INTEGER" },
    hidden: "pid_with_namespace INTEGER, mount_namespace_id TEXT",
  },
  osquery_info: {
    columns:
      "pid INTEGER, uuid TEXT, instance_id TEXT, version TEXT, config_hash TEXT, config_valid INTEGER, extensions TEXT, build_platform TEXT, build_distro TEXT, start_time INTEGER, watcher INTEGER, platform_mask INTEGER",
  },
  osquery_registry: {
    columns: "registry TEXT, name TEXT, owner_uuid INTEGER, internal INTEGER, active INTEGER",
  },
  carves: {
    columns:
      "time BIGINT, sha256 TEXT, size INTEGER, path TEXT, status TEXT, carve_guid TEXT, request_id TEXT, carve INTEGER",
  },
  kernel_info: { columns: "version TEXT, arguments TEXT, path TEXT, device TEXT" },
  uptime: { columns: "days INTEGER, hours INTEGER, minutes INTEGER, seconds INTEGER, total_seconds BIGINT" },
  time: {
    columns:
      "weekday TEXT, year INTEGER, month INTEGER, day INTEGER, hour INTEGER, minutes INTEGER, seconds INTEGER, timezone TEXT, local_timezone TEXT, unix_time INTEGER, timestamp TEXT, datetime TEXT, iso_8601 TEXT",
    only: { windows: "win_timestamp BIGINT" },
  },
  load_average: { on: ["linux", "darwin"], columns: "period TEXT, average TEXT" },
  osquery_flags: {
    columns: "name TEXT, type TEXT, description TEXT, default_value TEXT, value TEXT, shell_only INTEGER",
  },
  users: {
    columns:
      "uid BIGINT, gid BIGINT, uid_signed BIGINT, gid_signed BIGINT, username TEXT, description TEXT, directory TEXT, shell TEXT, uuid TEXT",
    only: { windows: "type TEXT", darwin: "is_hidden INTEGER" },
    hidden: "pid_with_namespace INTEGER, include_remote INTEGER",
  },
  groups: {
    columns: "gid BIGINT, gid_signed BIGINT, groupname TEXT",
    only: { windows: "group_sid TEXT, comment TEXT", darwin: "is_hidden INTEGER" },
    hidden: "pid_with_namespace INTEGER",
  },
  user_groups: { columns: "uid BIGINT, gid BIGINT" },
  logged_in_users: {
    columns: "type TEXT, user TEXT, tty TEXT, host TEXT, time BIGINT, pid INTEGER",
    only: { windows: "sid TEXT, registry_hive TEXT" },
  },
  processes: {
    columns:
      "pid BIGINT, name TEXT, path TEXT, cmdline TEXT, state TEXT, cwd TEXT, root TEXT, uid BIGINT, gid BIGINT, euid BIGINT, egid BIGINT, suid BIGINT, sgid BIGINT, on_disk INTEGER, wired_size BIGINT, resident_size BIGINT, total_size BIGINT, user_time BIGINT, system_time BIGINT, disk_bytes_read BIGINT, disk_bytes_written BIGINT, start_time BIGINT, parent BIGINT, pgroup BIGINT, threads INTEGER, nice INTEGER",
    only: {
      windows:
        "elevated_token INTEGER, secure_process INTEGER, protection_type TEXT, virtual_process INTEGER, elapsed_time BIGINT, handle_count BIGINT, percent_processor_time BIGINT",
      darwin: "upid BIGINT, uppid BIGINT, cpu_type INTEGER, cpu_subtype INTEGER, translated INTEGER",
      linux: "cgroup_path TEXT",
    },
  },
  listening_ports: {
    columns:
      "pid INTEGER, port INTEGER, protocol INTEGER, family INTEGER, address TEXT, fd BIGINT, socket BIGINT, path TEXT",
    only: { linux: "net_namespace TEXT" },
  },
  systemd_units: {
    on: ["linux"],
    columns:
      "id TEXT, description TEXT, load_state TEXT, active_state TEXT, sub_state TEXT, unit_file_state TEXT, following TEXT, object_path TEXT, job_id BIGINT, job_type TEXT, job_path TEXT, fragment_path TEXT, user TEXT, source_path TEXT",
  },
  services: {
    on: ["windows"],
    columns:
      "name TEXT, service_type TEXT, display_name TEXT, status TEXT, pid INTEGER, start_type TEXT, win32_exit_code INTEGER, service_exit_code INTEGER, path TEXT, module_path TEXT, description TEXT, user_account TEXT",
  },
} as const satisfies TableSpecs;
