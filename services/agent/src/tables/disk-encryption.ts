import { type BlockDevice, readBlockDevices } from "../machine/block-devices.ts";
import { defineTable } from "./table.ts";

export const diskEncryption = defineTable({
  name: "disk_encryption",
  columns: { name: "TEXT", uuid: "TEXT", encrypted: "INTEGER", type: "TEXT", encryption_status: "TEXT" },
  *generate(machine) {
    const devices = readBlockDevices(machine);
    const byName = new Map(devices.map((device) => [device.name, device]));
    for (const { name, uuid } of devices) {
      const type = cryptTypeOf(name, byName);
      yield {
        name,
        uuid,
        encrypted: type === undefined ? 0 : 1,
        type,
        encryption_status: type === undefined ? "not encrypted" : "encrypted",
      };
    }
  },
});

/**
 * A device is encrypted if it, or what it lies on, is an open dm-crypt mapping: then what is written to it is encrypted.
 * The kernel tells the kind in the mapping's uuid (CRYPT-LUKS2-…, CRYPT-PLAIN-…); the cipher only root could ask for.
 */
function cryptTypeOf(name: string, byName: ReadonlyMap<string, BlockDevice>): string | undefined {
  const seen = new Set<string>();
  for (
    let device = byName.get(name);
    device !== undefined && !seen.has(device.name);
    device = byName.get(device.parent)
  ) {
    seen.add(device.name);
    const type = /^CRYPT-([^-]+)-/.exec(device.mapperUuid)?.[1];
    if (type !== undefined) return type;
  }
  return undefined;
}
