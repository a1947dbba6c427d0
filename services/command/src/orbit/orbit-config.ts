/** fleetd's own limit for a script, in seconds; the script's own, which is shorter or the same, is not part of its protocol. */
const SCRIPT_EXECUTION_TIMEOUT_SEC = 3_600;

/**
 * What fleetd is told each time it asks. What Muster does not do over fleetd is said to be nothing to do, or left out where
 * fleetd would act on an empty answer: an empty `command_line_startup_flags` empties its osquery.flags and restarts it, and
 * `update_channels` overrules those it was installed with.
 */
export const orbitConfig = (pendingScripts: readonly string[]) => ({
  script_execution_timeout: SCRIPT_EXECUTION_TIMEOUT_SEC,
  nudge_config: null,
  debug_logging: false,
  websocket_transport: { enabled: true },
  notifications: {
    renew_enrollment_profile: false,
    rotate_disk_encryption_key: false,
    needs_mdm_migration: false,
    needs_programmatic_windows_mdm_enrollment: false,
    windows_mdm_discovery_endpoint: "",
    needs_programmatic_windows_mdm_unenrollment: false,
    windows_mdm_sync_request: false,
    pending_script_execution_ids: pendingScripts,
    pending_software_installer_ids: [],
    enforce_bitlocker_encryption: false,
    enable_bitlocker_protection: false,
    bitlocker_pin_request_pending: false,
    run_setup_experience: false,
    create_windows_managed_local_account: false,
    run_disk_encryption_escrow: false,
  },
});
