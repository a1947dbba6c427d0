import type { TableSpecs } from "./table-spec.ts";

export const networkTables = {
  interface_addresses: {
    columns: "interface TEXT, address TEXT, mask TEXT, broadcast TEXT, point_to_point TEXT, type TEXT",
    only: { windows: "friendly_name TEXT" },
  },
  interface_details: {
    columns:
      "interface TEXT, mac TEXT, type INTEGER, mtu INTEGER, metric INTEGER, flags INTEGER, ipackets BIGINT, opackets BIGINT, ibytes BIGINT, obytes BIGINT, ierrors BIGINT, oerrors BIGINT, idrops BIGINT, odrops BIGINT, collisions BIGINT, last_change BIGINT",
    only: {
      linux: "link_speed BIGINT, pci_slot TEXT",
      darwin: "link_speed BIGINT",
      windows:
        "friendly_name TEXT, description TEXT, manufacturer TEXT, connection_id TEXT, connection_status TEXT, enabled INTEGER, physical_adapter INTEGER, speed INTEGER, service TEXT, dhcp_enabled INTEGER, dhcp_lease_expires TEXT, dhcp_lease_obtained TEXT, dhcp_server TEXT, dns_domain TEXT, dns_domain_suffix_search_order TEXT, dns_host_name TEXT, dns_server_search_order TEXT",
    },
  },
  routes: {
    columns:
      "destination TEXT, netmask INTEGER, gateway TEXT, source TEXT, flags INTEGER, interface TEXT, mtu INTEGER, metric INTEGER, type TEXT",
    only: { linux: "hopcount INTEGER", darwin: "hopcount INTEGER" },
  },
  etc_hosts: { columns: "address TEXT, hostnames TEXT", hidden: "pid_with_namespace INTEGER" },
  dns_resolvers: {
    on: ["linux", "darwin"],
    columns: "id INTEGER, type TEXT, address TEXT, netmask TEXT, options BIGINT",
    hidden: "pid_with_namespace INTEGER",
  },
} as const satisfies TableSpecs;
