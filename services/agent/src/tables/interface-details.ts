import { defineTable } from "./table.ts";

export const interfaceDetails = defineTable({
  name: "interface_details",
  columns: {
    interface: "TEXT",
    mac: "TEXT",
    type: "INTEGER",
    mtu: "INTEGER",
    metric: "INTEGER",
    flags: "INTEGER",
    ipackets: "BIGINT",
    opackets: "BIGINT",
    ibytes: "BIGINT",
    obytes: "BIGINT",
    ierrors: "BIGINT",
    oerrors: "BIGINT",
    idrops: "BIGINT",
    odrops: "BIGINT",
    collisions: "BIGINT",
    last_change: "BIGINT",
    link_speed: "BIGINT",
    pci_slot: "TEXT",
  },
  *generate(machine) {
    for (const name of machine.names("/sys/class/net")) {
      const one = (file: string) => (machine.text(`/sys/class/net/${name}/${file}`) ?? "").trim();
      if (one("type") === "") continue;
      yield {
        interface: name,
        mac: one("address"),
        type: Number(one("type")),
        mtu: Number(one("mtu")),
        metric: 0,
        flags: Number(one("flags")),
        ipackets: one("statistics/rx_packets"),
        opackets: one("statistics/tx_packets"),
        ibytes: one("statistics/rx_bytes"),
        obytes: one("statistics/tx_bytes"),
        ierrors: one("statistics/rx_errors"),
        oerrors: one("statistics/tx_errors"),
        idrops: one("statistics/rx_dropped"),
        odrops: one("statistics/tx_dropped"),
        collisions: one("statistics/collisions"),
        last_change: -1,
        // The kernel answers -1, or EINVAL, while a link is down.
        link_speed: Math.max(0, Number(one("speed") || 0)),
        pci_slot: machine.link(`/sys/class/net/${name}/device`)?.split("/").at(-1) ?? "-1",
      };
    }
  },
});
