/** Tables that osquery answers from on at least one platform (osquery 5, the schema's own names). */
const TABLES =
  `account_policy_data acpi_tables ad_config alf alf_exceptions app_schemes apparmor_profiles apps apt_sources
arp_cache asl atom_packages augeas authorized_keys autoexec battery bitlocker_info block_devices browser_plugins
carbon_black_info certificates chocolatey_packages chrome_extensions connectivity cpu_info cpu_time cpuid crashes crontab
cups_jobs curl curl_certificate deb_packages default_environment device_file device_firmware disk_encryption disk_events
disk_info dns_cache dns_resolvers docker_containers docker_images docker_info drivers etc_hosts etc_protocols etc_services
event_taps extended_attributes fan_speed_sensors file firefox_addons gatekeeper gatekeeper_approved_apps groups hash
homebrew_packages ie_extensions intel_me_info interface_addresses interface_details interfaces iokit_devicetree
kernel_extensions kernel_info kernel_modules keychain_items known_hosts last launchd launchd_overrides listening_ports
load_average location_services logged_in_users logical_drives managed_policies md_devices mdfind mdls memory_info mounts
nfs_shares npm_packages ntdomains ntfs_acl_permissions nvram office_mru os_version osquery_events osquery_extensions
osquery_flags osquery_info osquery_packs osquery_schedule package_bom package_install_history package_receipts patches
pci_devices physical_disk_performance pipes platform_info plist portage_packages powershell_events preferences
process_envs process_events process_memory_map process_open_files process_open_sockets processes programs python_packages
quicklook_cache registry routes rpm_packages running_apps safari_extensions sandboxes scheduled_tasks screenlock
seccomp_events secureboot security_profile_info selinux_settings services shadow shared_folders shared_memory
shared_resources sharing_preferences shell_history shimcache signature sip_config smart_drive_info smbios_tables sudoers
suid_bin system_controls system_extensions system_info systemd_units temperature_sensors time time_machine_backups
time_machine_destinations tpm_info ulimit_info uptime usb_devices user_events user_groups user_ssh_keys users
video_info virtual_memory_info vscode_extensions wifi_networks wifi_status windows_crashes windows_eventlog
windows_firewall_rules windows_optional_features windows_security_center windows_security_products
windows_update_history winbaseobj wmi_bios_info wmi_cli_event_consumers xprotect_entries xprotect_meta yara
yum_sources`.split(/\s+/);

const MAX_TABLES = 8;

/** The word that is being written where a table has to stand, and the tables that begin with it. */
export function tablesAt(sql: string, caret: number): { readonly word: string; readonly tables: readonly string[] } {
  const word = /\b(?:from|join)\s+(\w*)$/i.exec(sql.slice(0, caret))?.[1]?.toLowerCase();
  if (word === undefined) return { word: "", tables: [] };
  // A name that is written out is not lengthened: launchd is a table beside launchd_overrides.
  const tables = TABLES.includes(word) ? [] : TABLES.filter((table) => table.startsWith(word));
  return { word, tables: tables.slice(0, MAX_TABLES) };
}
