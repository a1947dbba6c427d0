import type { HostIdentity } from "../host-identity.ts";
import type { TableBuilders } from "./row.ts";

const GIB = 1024 ** 3;

const hostnameOf = (host: HostIdentity): string => (host.platform === "darwin" ? `${host.name}.local` : host.name);

const threadsOf = (host: HostIdentity): number =>
  host.hardware.arch === "arm64" ? host.hardware.cores : host.hardware.cores * 2;

const cpuManufacturer = (cpu: string): string => (/AMD/.test(cpu) ? "AuthenticAMD" : "GenuineIntel");

export const hardwareFacts: TableBuilders = {
  system_info: (host) => [
    {
      hostname: hostnameOf(host),
      uuid: host.uuid,
      cpu_type: host.hardware.arch === "arm64" ? "arm64e" : "x86_64",
      cpu_subtype: host.hardware.arch === "arm64" ? "ARM64E" : "142",
      cpu_brand: host.hardware.cpu,
      cpu_physical_cores: host.hardware.cores,
      cpu_logical_cores: threadsOf(host),
      cpu_sockets: 1,
      cpu_microcode: host.hardware.arch === "arm64" ? "" : "0x4121",
      physical_memory: host.hardware.memoryGb * GIB,
      hardware_vendor: host.hardware.vendor,
      hardware_model: host.hardware.model,
      hardware_version: host.platform === "darwin" ? "1.0" : "",
      hardware_serial: host.serial,
      board_vendor: host.platform === "darwin" ? "" : host.hardware.vendor,
      board_serial: host.platform === "darwin" ? "" : `.${host.serial}.`,
      computer_name: host.platform === "darwin" ? `${host.person.fullName}'s Mac` : host.name,
      local_hostname: host.name,
    },
  ],
  platform_info: (host, random) => [
    {
      vendor: host.hardware.vendor,
      version: host.platform === "darwin" ? "11881.140.96" : `1.${random.int(4, 28)}.${random.int(0, 3)}`,
      date: `0${random.int(1, 9)}/${random.int(10, 28)}/2025`,
      revision: host.platform === "darwin" ? "" : `${random.int(1, 9)}.${random.int(0, 28)}`,
      firmware_type: host.platform === "darwin" ? "iboot" : "uefi",
    },
  ],
  cpu_info: (host) => [
    {
      device_id: host.platform === "linux" ? "0" : "CPU0",
      model: host.hardware.cpu,
      manufacturer: host.hardware.arch === "arm64" ? "Apple" : cpuManufacturer(host.hardware.cpu),
      processor_type: "3",
      cpu_status: 1,
      number_of_cores: String(host.hardware.cores),
      logical_processors: threadsOf(host),
      address_width: "64",
      current_clock_speed: 2400,
      max_clock_speed: 4800,
    },
  ],
  memory_info: (host, random) => {
    const total = host.hardware.memoryGb * GIB - 600_000_000;
    const available = Math.floor(total * (0.25 + random.next() / 2));
    const cached = Math.floor(available * 0.6);
    return [
      {
        memory_total: total,
        memory_free: available - cached,
        memory_available: available,
        buffers: 210_000_000,
        cached,
        swap_cached: 0,
        active: Math.floor(total * 0.3),
        inactive: Math.floor(total * 0.2),
        swap_total: 2 * GIB,
        swap_free: 2 * GIB,
      },
    ];
  },
  battery: (host, random) => {
    if (!host.hardware.laptop) return [];
    const designed = 5100;
    const max = random.int(3900, 5000);
    const percent = random.int(20, 100);
    return [
      {
        manufacturer: host.platform === "darwin" ? "Apple" : "LGC",
        model: host.platform === "darwin" ? "bq40z651" : "DELL 66DWX3A",
        serial_number: random.serial(12),
        cycle_count: random.int(3, 420),
        state: percent === 100 ? "AC Power" : "Battery Power",
        charging: 0,
        charged: percent === 100 ? 1 : 0,
        designed_capacity: designed,
        max_capacity: max,
        current_capacity: Math.floor((max * percent) / 100),
        percent_remaining: percent,
        amperage: -random.int(300, 1800),
        voltage: random.int(11_200, 12_900),
        minutes_until_empty: percent * 5,
        minutes_to_full_charge: -1,
        health: max / designed > 0.8 ? "Good" : "Fair",
        condition: "Normal",
        chemistry: "Lithium-ion",
      },
    ];
  },
  secureboot: (host, random) => {
    if (host.platform === "darwin") return [{ secure_boot: 1, secure_mode: 1, description: "Full Security" }];
    return [{ secure_boot: host.hardware.vendor === "QEMU" || random.chance(0.1) ? 0 : 1, setup_mode: 0 }];
  },
  tpm_info: (_host, random) => [
    {
      activated: 1,
      enabled: 1,
      owned: 1,
      manufacturer_version: `${random.int(1, 7)}.${random.int(0, 85)}.${random.int(0, 20)}.0`,
      manufacturer_id: 1_398_033_696,
      manufacturer_name: "STM",
      product_name: "STM TPM",
      physical_presence_version: "1.3",
      spec_version: "2.0, 0, 1.59",
    },
  ],
};
