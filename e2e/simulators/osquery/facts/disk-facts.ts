import type { SeededRandom } from "../../seeded-random.ts";
import type { HostIdentity } from "../host-identity.ts";
import type { Row, TableBuilders } from "./row.ts";

const GIB = 1024 ** 3;
const BLOCK = 4096;

const mount = (device: string, path: string, type: string, gib: number, random: SeededRandom): Row => {
  const blocks = Math.floor((gib * GIB) / BLOCK);
  const free = Math.floor(blocks * (0.08 + random.next() * 0.8));
  return {
    device,
    device_alias: device,
    path,
    type,
    blocks_size: BLOCK,
    blocks,
    blocks_free: free,
    blocks_available: free,
    inodes: blocks * 2,
    inodes_free: blocks * 2 - random.int(200_000, 900_000),
    flags: "rw,relatime",
  };
};

const nvme = (host: HostIdentity): string => (host.hardware.vendor === "QEMU" ? "/dev/vda" : "/dev/nvme0n1");

const partition = (host: HostIdentity, number: number): string =>
  host.hardware.vendor === "QEMU" ? `/dev/vda${number}` : `/dev/nvme0n1p${number}`;

/** Nine in ten laptops are encrypted, servers seldom are: a fleet in which every policy passes teaches nothing. */
const encrypts = (host: HostIdentity, random: SeededRandom): boolean => random.chance(host.hardware.laptop ? 0.9 : 0.3);

export const diskFacts: TableBuilders = {
  mounts: (host, random) =>
    host.platform === "darwin"
      ? [
          { ...mount("/dev/disk3s1s1", "/", "apfs", host.hardware.diskGb, random), flags: "ro,journaled" },
          mount("/dev/disk3s5", "/System/Volumes/Data", "apfs", host.hardware.diskGb, random),
        ]
      : [
          mount("/dev/mapper/root", "/", host.os.packages === "rpm" ? "xfs" : "ext4", host.hardware.diskGb - 2, random),
          mount(partition(host, 2), "/boot", "ext4", 1, random),
          mount(partition(host, 1), "/boot/efi", "vfat", 0.5, random),
        ],
  logical_drives: (host, random) => [
    {
      device_id: "C:",
      type: "Unknown",
      description: "Local Fixed Disk",
      free_space: Math.floor(host.hardware.diskGb * GIB * (0.08 + random.next() * 0.8)),
      size: host.hardware.diskGb * GIB,
      file_system: "NTFS",
      boot_partition: 1,
    },
  ],
  block_devices: (host, random) => {
    const size = Math.floor((host.hardware.diskGb * 1e9) / 512);
    if (host.platform === "darwin") {
      const disk = { vendor: "", model: "APPLE SSD AP0512Z", size, block_size: 4096, type: "Solid State" };
      return [{ ...disk, name: "/dev/disk0", uuid: random.uuid().toUpperCase(), label: "APPLE SSD AP0512Z Media" }];
    }
    const disk = { vendor: "", model: "SAMSUNG MZVL2512HCJQ", serial: random.serial(14), block_size: 512 };
    return [
      { ...disk, name: nvme(host), size },
      { ...disk, name: partition(host, 1), parent: nvme(host), size: 1_048_576, uuid: random.hex(8), type: "vfat" },
      { ...disk, name: partition(host, 2), parent: nvme(host), size: 2_097_152, uuid: random.uuid(), type: "ext4" },
      { ...disk, name: partition(host, 3), parent: nvme(host), size: size - 3_145_728, uuid: random.uuid() },
    ];
  },
  disk_encryption: (host, random) => {
    const encrypted = encrypts(host, random);
    if (host.platform === "darwin") {
      return ["/dev/disk3s1", "/dev/disk3s5"].map((name) => ({
        name,
        uuid: random.uuid().toUpperCase(),
        encrypted: encrypted ? 1 : 0,
        type: encrypted ? "AES-XTS" : "",
        encryption_status: encrypted ? "encrypted" : "not encrypted",
        uid: encrypted ? "501" : "",
        user_uuid: encrypted ? random.uuid().toUpperCase() : "",
        filevault_status: encrypted ? "on" : "off",
      }));
    }
    return [
      {
        name: "/dev/mapper/root",
        uuid: random.uuid(),
        encrypted: encrypted ? 1 : 0,
        type: encrypted ? "CRYPT-LUKS2-root" : "",
        encryption_status: encrypted ? "encrypted" : "not encrypted",
      },
      { name: partition(host, 2), uuid: random.uuid(), encrypted: 0, type: "", encryption_status: "not encrypted" },
    ];
  },
  bitlocker_info: (host, random) => {
    const on = encrypts(host, random);
    return [
      {
        device_id: `\\\\?\\Volume{${random.uuid()}}\\`,
        drive_letter: "C:",
        persistent_volume_id: on ? `{${random.uuid().toUpperCase()}}` : "",
        conversion_status: on ? 1 : 0,
        protection_status: on ? 1 : 0,
        encryption_method: on ? "XTS-AES 256" : "None",
        protector_types: on ? "TPM,NumericalPassword" : "",
        version: on ? 2 : 0,
        percentage_encrypted: on ? 100 : 0,
        lock_status: 0,
      },
    ];
  },
};
