import type { TableSpecs } from "./table-spec.ts";

export const hardwareTables = {
  system_info: {
    columns:
      "hostname TEXT, uuid TEXT, cpu_type TEXT, cpu_subtype TEXT, cpu_brand TEXT, cpu_physical_cores INTEGER, cpu_logical_cores INTEGER, cpu_sockets INTEGER, cpu_microcode TEXT, physical_memory BIGINT, hardware_vendor TEXT, hardware_model TEXT, hardware_version TEXT, hardware_serial TEXT, board_vendor TEXT, board_model TEXT, board_version TEXT, board_serial TEXT, computer_name TEXT, local_hostname TEXT",
    only: { windows: "emulated_cpu_type TEXT" },
  },
  platform_info: {
    columns: "vendor TEXT, version TEXT, date TEXT, revision TEXT, extra TEXT, firmware_type TEXT",
    only: {
      linux: "address TEXT, size TEXT, volume_size INTEGER",
      darwin: "address TEXT, size TEXT, volume_size INTEGER",
    },
  },
  cpu_info: {
    columns:
      "device_id TEXT, model TEXT, manufacturer TEXT, processor_type TEXT, cpu_status INTEGER, number_of_cores TEXT, logical_processors INTEGER, address_width TEXT, current_clock_speed INTEGER, max_clock_speed INTEGER, socket_designation TEXT",
    only: {
      windows: "availability TEXT, load_percentage INTEGER",
      darwin: "number_of_efficiency_cores INTEGER, number_of_performance_cores INTEGER",
    },
  },
  memory_info: {
    on: ["linux"],
    columns:
      "memory_total BIGINT, memory_free BIGINT, memory_available BIGINT, buffers BIGINT, cached BIGINT, swap_cached BIGINT, active BIGINT, inactive BIGINT, swap_total BIGINT, swap_free BIGINT",
  },
  battery: {
    on: ["darwin", "windows"],
    columns:
      "manufacturer TEXT, model TEXT, serial_number TEXT, cycle_count INTEGER, state TEXT, charging INTEGER, charged INTEGER, designed_capacity INTEGER, max_capacity INTEGER, current_capacity INTEGER, percent_remaining INTEGER, amperage INTEGER, voltage INTEGER, minutes_until_empty INTEGER, minutes_to_full_charge INTEGER",
    only: { windows: "chemistry TEXT", darwin: "health TEXT, condition TEXT, manufacture_date INTEGER" },
  },
  secureboot: {
    columns: "secure_boot INTEGER",
    only: {
      darwin: "secure_mode INTEGER, description TEXT, kernel_extensions INTEGER, mdm_operations INTEGER",
      linux: "setup_mode INTEGER",
      windows: "setup_mode INTEGER",
    },
  },
  tpm_info: {
    on: ["windows"],
    columns:
      "activated INTEGER, enabled INTEGER, owned INTEGER, manufacturer_version TEXT, manufacturer_id INTEGER, manufacturer_name TEXT, product_name TEXT, physical_presence_version TEXT, spec_version TEXT",
  },
  block_devices: {
    on: ["linux", "darwin"],
    columns:
      "name TEXT, parent TEXT, vendor TEXT, model TEXT, serial TEXT, size BIGINT, block_size INTEGER, uuid TEXT, type TEXT, label TEXT",
  },
  logical_drives: {
    on: ["windows"],
    columns:
      "device_id TEXT, type TEXT, description TEXT, free_space BIGINT, size BIGINT, file_system TEXT, boot_partition INTEGER",
  },
  mounts: {
    on: ["linux", "darwin"],
    columns:
      "device TEXT, device_alias TEXT, path TEXT, type TEXT, blocks_size BIGINT, blocks BIGINT, blocks_free BIGINT, blocks_available BIGINT, inodes BIGINT, inodes_free BIGINT, flags TEXT",
  },
  disk_encryption: {
    on: ["linux", "darwin"],
    columns: "name TEXT, uuid TEXT, encrypted INTEGER, type TEXT, encryption_status TEXT",
    only: { darwin: "uid TEXT, user_uuid TEXT, filevault_status TEXT" },
  },
  bitlocker_info: {
    on: ["windows"],
    columns:
      "device_id TEXT, drive_letter TEXT, persistent_volume_id TEXT, conversion_status INTEGER, protection_status INTEGER, encryption_method TEXT, protector_types TEXT, version INTEGER, percentage_encrypted INTEGER, lock_status INTEGER",
  },
} as const satisfies TableSpecs;
