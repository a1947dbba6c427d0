import { networkInterfaces } from "node:os";
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
  *generate() {
    for (const [name, addresses] of Object.entries(networkInterfaces())) {
      for (const { address, netmask, family, internal, scopeid } of addresses ?? []) {
        const local = family === "IPv6" && scopeid !== undefined && scopeid !== 0;
        yield {
          interface: name,
          address: local ? `${address}%${name}` : address,
          mask: netmask,
          broadcast: family === "IPv4" && !internal ? broadcastOf(address, netmask) : "",
          type: "unknown",
        };
      }
    }
  },
});

function broadcastOf(address: string, mask: string): string {
  const bits = mask.split(".").map(Number);
  return address
    .split(".")
    .map((part, index) => Number(part) | (~(bits[index] ?? 255) & 255))
    .join(".");
}
