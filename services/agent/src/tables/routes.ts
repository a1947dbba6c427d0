import { kernelAddress } from "../machine/sockets.ts";
import { defineTable } from "./table.ts";

const RTF_LOCAL = 0x80000000;
const RTF_ANYCAST = 0x00100000;
const RTF_REJECT = 0x0200;

/** The kernel's main table (/proc/net/route) and its IPv6 routes; of other tables /proc does not tell. */
export const routes = defineTable({
  name: "routes",
  columns: {
    destination: "TEXT",
    netmask: "INTEGER",
    gateway: "TEXT",
    source: "TEXT",
    flags: "INTEGER",
    interface: "TEXT",
    mtu: "INTEGER",
    metric: "INTEGER",
    type: "TEXT",
    hopcount: "INTEGER",
  },
  *generate(machine) {
    for (const line of (machine.text("/proc/net/route") ?? "").split("\n").slice(1)) {
      const [name, destination, gateway, flags, , , metric, mask, mtu] = line.trim().split(/\s+/);
      if (name === undefined || destination === undefined || gateway === undefined || mask === undefined) continue;
      const number = Number.parseInt(flags ?? "0", 16);
      yield {
        destination: kernelAddress(destination, { words: true }),
        netmask: bitsOf(mask),
        gateway: gateway === "00000000" ? "" : kernelAddress(gateway, { words: true }),
        flags: number,
        interface: name,
        mtu: Number(mtu),
        metric: Number(metric),
        type: typeOf(number),
        hopcount: 0,
      };
    }
    for (const line of (machine.text("/proc/net/ipv6_route") ?? "").split("\n")) {
      const [destination, length, source, , gateway, metric, , , flags, name] = line.trim().split(/\s+/);
      if (name === undefined || destination === undefined || source === undefined || gateway === undefined) continue;
      const number = Number.parseInt(flags ?? "0", 16);
      yield {
        destination: kernelAddress(destination, { words: false }),
        netmask: Number.parseInt(length ?? "0", 16),
        gateway: /^0+$/.test(gateway) ? "" : kernelAddress(gateway, { words: false }),
        source: /^0+$/.test(source) ? "" : kernelAddress(source, { words: false }),
        flags: number,
        interface: name,
        mtu: 0,
        metric: Number.parseInt(metric ?? "0", 16),
        type: typeOf(number),
        hopcount: 0,
      };
    }
  },
});

function typeOf(flags: number): string {
  if ((flags & RTF_LOCAL) !== 0) return "local";
  if ((flags & RTF_ANYCAST) !== 0) return "anycast";
  if ((flags & RTF_REJECT) !== 0) return "unreachable";
  return "gateway";
}

const bitsOf = (hex: string) => Number.parseInt(hex, 16).toString(2).replaceAll("0", "").length;
