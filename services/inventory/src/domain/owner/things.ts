/** Something that may be known of a device, in the words of its owner's page, and the facts that would say it. */
export interface Thing {
  /** After "can see:" and after "never:" alike. */
  readonly says: string;
  /** Columns by fact, the telling ones first; "all" where the whole fact is about nothing else. */
  readonly from: Readonly<Record<string, readonly string[] | "all">>;
  /** How many of the values are shown; 1 when left out. */
  readonly show?: number;
  /** The values are yes or no. */
  readonly yesOrNo?: true;
}

/** Everything that devices tell of themselves. Whether it is kept is not said here: that is asked of what decides it. */
export const THINGS: readonly Thing[] = [
  {
    says: "Its operating system and the version",
    from: {
      os_version: [
        "name",
        "version",
        "major",
        "minor",
        "patch",
        "build",
        "platform",
        "platform_like",
        "codename",
        "arch",
      ],
      apple_device: ["product_name", "os_version", "build_version"],
      apple_status: [
        "device_operating_system_marketing_name",
        "device_operating_system_version",
        "device_operating_system_family",
        "device_operating_system_build_version",
        "device_operating_system_supplemental_build_version",
        "device_operating_system_supplemental_extra_version",
      ],
    },
    show: 2,
  },
  {
    says: "Its maker and model",
    from: {
      system_info: ["hardware_vendor", "hardware_model", "cpu_type"],
      apple_device: ["model_name", "model"],
      apple_status: ["device_model_marketing_name", "device_model_identifier", "device_model_family"],
    },
    show: 2,
  },
  {
    says: "Its processor and memory",
    from: {
      system_info: ["cpu_brand", "cpu_physical_cores", "cpu_logical_cores", "physical_memory", "hardware_version"],
    },
  },
  {
    says: "Its serial number",
    from: {
      system_info: ["hardware_serial"],
      apple_device: ["serial_number"],
      apple_status: ["device_identifier_serial_number"],
    },
  },
  {
    says: "The numbers that tell its hardware from all others",
    from: {
      system_info: ["uuid"],
      osquery_info: ["uuid", "instance_id"],
      apple_device: ["udid", "imei", "meid"],
      apple_status: ["device_identifier_udid"],
    },
  },
  {
    says: "The name you gave it",
    from: {
      system_info: ["computer_name", "hostname", "local_hostname"],
      apple_device: ["device_name", "host_name", "local_host_name"],
    },
  },
  { says: "Its telephone number and SIM card", from: { apple_device: ["phone_number", "iccid"] } },
  { says: "Its time zone", from: { apple_device: ["time_zone"] } },
  {
    says: "The accounts on it, with their names and folders",
    from: { users: "all", apple_users: "all", apple_status_accounts: "all" },
  },
  {
    says: "The programs installed on it",
    from: {
      deb_packages: "all",
      rpm_packages: "all",
      apps: "all",
      homebrew_packages: "all",
      programs: "all",
      apple_apps: "all",
      apple_status_apps: "all",
    },
  },
  { says: "The extensions in its browsers", from: { chrome_extensions: "all" } },
  {
    says: "The applications that your organisation itself installed on it",
    from: { apple_managed_apps: ["identifier", "status", "has_configuration"] },
  },
  {
    says: "How those applications answer your organisation's settings",
    from: { apple_managed_apps: ["has_feedback", "validated"] },
  },
  { says: "Its addresses in the network", from: { interface_addresses: "all" } },
  {
    says: "The hardware addresses of its network cards",
    from: { interface_details: "all", apple_device: ["wi_fi_mac", "bluetooth_mac", "ethernet_mac"] },
  },
  { says: "The programs that wait for connections", from: { listening_ports: "all" } },
  {
    says: "Its disks, how they are divided and how large they are",
    from: {
      mounts: "all",
      logical_drives: "all",
      disk_encryption: ["name", "uuid", "type"],
      bitlocker_info: ["drive_letter", "device_id"],
    },
  },
  { says: "How much it can store", from: { apple_device: ["device_capacity_gb"] } },
  {
    says: "Whether its disks are encrypted",
    from: {
      disk_encryption: ["encryption_status", "encrypted", "filevault_status"],
      bitlocker_info: ["protection_status", "conversion_status", "percentage_encrypted"],
      apple_security: ["fde_enabled"],
      apple_status: ["diskmanagement_filevault_enabled"],
    },
    yesOrNo: true,
  },
  { says: "How its disks are encrypted", from: { bitlocker_info: ["encryption_method", "lock_status"] } },
  {
    says: "Whether it starts verified programs only (secure boot)",
    from: { secureboot: ["secure_boot", "secure_mode", "setup_mode", "description"] },
    yesOrNo: true,
  },
  { says: "What else its start-up allows", from: { secureboot: ["kernel_extensions", "mdm_operations"] } },
  {
    says: "Whether a passcode is set and good enough",
    from: {
      apple_security: ["passcode_present", "passcode_compliant"],
      apple_status: ["passcode_is_present", "passcode_is_compliant"],
    },
    yesOrNo: true,
  },
  {
    says: "Whether the system's files are protected",
    from: { apple_security: ["system_integrity_protection_enabled"] },
    yesOrNo: true,
  },
  { says: "The single settings of that protection", from: { sip_config: "all" } },
  {
    says: "Whether its firewall is on",
    from: { alf: ["global_state", "stealth_enabled"], windows_security_center: ["firewall"] },
  },
  { says: "What its firewall writes down", from: { alf: ["logging_enabled", "version"] } },
  {
    says: "Whether it is protected from harmful programs",
    from: { windows_security_center: ["antivirus"], gatekeeper: ["assessments_enabled", "dev_id_enabled"] },
  },
  { says: "Whether it updates itself", from: { windows_security_center: ["autoupdate"] } },
  {
    says: "The other states of its security center",
    from: {
      windows_security_center: [
        "antispyware",
        "internet_settings",
        "windows_security_center_service",
        "user_account_control",
      ],
    },
  },
  { says: "Which rules it holds harmful programs against", from: { gatekeeper: ["version", "opaque_version"] } },
  {
    says: "How its next system update is getting on",
    from: {
      apple_status_software_update: [
        "install_state",
        "pending_version_os_version",
        "pending_version_build_version",
        "pending_version_target_local_date_time",
        "failure_reason_count",
        "failure_reason_reason",
      ],
    },
  },
  {
    says: "The updates it has and could have",
    from: { patches: "all", apple_available_updates: "all", apple_update_status: "all" },
  },
  {
    says: "Whether your organisation supervises it, and whether Activation Lock is on",
    from: { apple_device: ["is_supervised", "is_activation_lock_enabled"] },
  },
  { says: "The kernel it runs and how it was started", from: { kernel_info: "all" } },
  {
    says: "The settings that were installed on it",
    from: { apple_profiles: "all", apple_provisioning_profiles: "all" },
  },
  { says: "The certificates on it", from: { apple_certificates: "all", apple_status_certificates: "all" } },
  { says: "Which of your organisation's settings it could not use", from: { apple_status_errors: ["item", "code"] } },
  { says: "What it says about why it could not", from: { apple_status_errors: ["description"] } },
  { says: "The version of the program that answers for it", from: { osquery_info: ["version", "build_platform"] } },
  { says: "How that program was built and set up", from: { osquery_info: ["build_distro", "config_valid"] } },
];
