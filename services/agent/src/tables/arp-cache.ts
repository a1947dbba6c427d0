import { defineTable } from "./table.ts";

/** ATF_PERM of if_arp.h. */
const PERMANENT = 0x04;

export const arpCache = defineTable({
  name: "arp_cache",
  columns: { address: "TEXT", mac: "TEXT", interface: "TEXT", permanent: "TEXT" },
  *generate(machine) {
    for (const line of (machine.text("/proc/net/arp") ?? "").split("\n").slice(1)) {
      const [address, , flags, mac, , name] = line.trim().split(/\s+/);
      if (name === undefined || address === undefined) continue;
      yield { address, mac, interface: name, permanent: (Number(flags) & PERMANENT) === 0 ? "0" : "1" };
    }
  },
});
