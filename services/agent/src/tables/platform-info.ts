import { dmi } from "../machine/hardware.ts";
import { defineTable } from "./table.ts";

export const platformInfo = defineTable({
  name: "platform_info",
  columns: {
    vendor: "TEXT",
    version: "TEXT",
    date: "TEXT",
    revision: "TEXT",
    extra: "TEXT",
    firmware_type: "TEXT",
    address: "TEXT",
    size: "TEXT",
    volume_size: "INTEGER",
  },
  *generate(machine) {
    const hasDmi = machine.status("/sys/class/dmi/id") !== undefined;
    const efi = machine.status("/sys/firmware/efi") !== undefined;
    yield {
      vendor: dmi(machine, "bios_vendor"),
      version: dmi(machine, "bios_version"),
      date: dmi(machine, "bios_date"),
      revision: dmi(machine, "bios_release"),
      firmware_type: efi ? "uefi" : hasDmi ? "bios" : "unknown",
      volume_size: 0,
    };
  },
});
