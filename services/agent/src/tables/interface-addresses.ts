import { readAddresses } from "../machine/addresses.ts";
import { defineTable } from "./table.ts";

export const interfaceAddresses = defineTable({
  name: "interface_addresses",
  columns: {
    interface: "TEXT",
    address: "TEXT",
    mask: "TEXT",
    broadcast: "TEXT",
    point_to_point: "TEXT",
    type: "TEXT",
  },
  *generate(machine) {
    for (const { interface: name, address, mask, broadcast, pointToPoint } of readAddresses(machine)) {
      yield { interface: name, address, mask, broadcast, point_to_point: pointToPoint, type: "unknown" };
    }
  },
});
