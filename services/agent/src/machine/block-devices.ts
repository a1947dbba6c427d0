import type { Machine } from "./machine.ts";

export interface BlockDevice {
  /** Such as /dev/sda1. */
  readonly name: string;
  readonly parent: string;
  readonly vendor: string;
  readonly model: string;
  readonly serial: string;
  /** In blocks of `blockSize` bytes. */
  readonly size: number;
  readonly blockSize: number;
  readonly uuid: string;
  readonly type: string;
  readonly label: string;
  /** Of a device-mapper device, such as `CRYPT-LUKS2-<uuid>-<name>`. */
  readonly mapperUuid: string;
}

/** Block devices as sysfs and udev's database (/run/udev/data) describe them; loop and zram devices without a backing are left out. */
export function readBlockDevices(machine: Machine): readonly BlockDevice[] {
  return machine.names("/sys/class/block").flatMap((name): BlockDevice[] => {
    const folder = `/sys/class/block/${name}`;
    const one = (file: string) => (machine.text(`${folder}/${file}`) ?? "").trim();
    const sectors = Number(one("size"));
    if (sectors === 0) return [];
    const blockSize = Number(one("queue/logical_block_size") || one("../queue/logical_block_size") || 512);
    const udev = udevProperties(machine, one("dev"));
    return [
      {
        name: `/dev/${name}`,
        parent: parentOf(machine, name),
        vendor: one("device/vendor"),
        model: one("device/model"),
        serial: udev.get("ID_SERIAL_SHORT") ?? (one("device/serial") || one("serial")),
        // sysfs counts in 512-byte sectors whatever the device does.
        size: Math.floor((sectors * 512) / blockSize),
        blockSize,
        uuid: udev.get("ID_FS_UUID") ?? uuidByLink(machine, name),
        type: udev.get("ID_FS_TYPE") ?? mountedType(machine, name),
        label: udev.get("ID_FS_LABEL") ?? "",
        mapperUuid: one("dm/uuid"),
      },
    ];
  });
}

function parentOf(machine: Machine, name: string): string {
  const slave = machine.names(`/sys/class/block/${name}/slaves`)[0];
  if (slave !== undefined) return `/dev/${slave}`;
  if (machine.text(`/sys/class/block/${name}/partition`) === undefined) return "";
  const target = machine.link(`/sys/class/block/${name}`) ?? "";
  return `/dev/${target.split("/").at(-2) ?? ""}`;
}

function udevProperties(machine: Machine, device: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of (machine.text(`/run/udev/data/b${device}`) ?? "").split("\n")) {
    const found = /^E:([^=]+)=(.*)$/.exec(line);
    if (found?.[1] !== undefined) properties.set(found[1], found[2] ?? "");
  }
  return properties;
}

function uuidByLink(machine: Machine, name: string): string {
  const folder = "/dev/disk/by-uuid";
  return machine.names(folder).find((uuid) => machine.link(`${folder}/${uuid}`)?.endsWith(`/${name}`)) ?? "";
}

function mountedType(machine: Machine, name: string): string {
  for (const line of (machine.text("/proc/mounts") ?? "").split("\n")) {
    const [device, , type] = line.split(" ");
    if (device === `/dev/${name}`) return type ?? "";
  }
  return "";
}
