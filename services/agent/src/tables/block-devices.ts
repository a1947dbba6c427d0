import { readBlockDevices } from "../machine/block-devices.ts";
import { defineTable } from "./table.ts";

export const blockDevices = defineTable({
  name: "block_devices",
  columns: {
    name: "TEXT",
    parent: "TEXT",
    vendor: "TEXT",
    model: "TEXT",
    serial: "TEXT",
    size: "BIGINT",
    block_size: "INTEGER",
    uuid: "TEXT",
    type: "TEXT",
    label: "TEXT",
  },
  *generate(machine) {
    for (const { name, parent, vendor, model, serial, size, blockSize, uuid, type, label } of readBlockDevices(
      machine,
    )) {
      yield { name, parent, vendor, model, serial, size, block_size: blockSize, uuid, type, label };
    }
  },
});
