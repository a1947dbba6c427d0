import type { HostIdentity } from "../host-identity.ts";
import type { TableBuilders } from "./row.ts";

export const primaryInterface = (host: HostIdentity): string => {
  if (host.platform === "darwin") return "en0";
  if (host.platform === "windows") return "12";
  return host.hardware.laptop ? "wlp0s20f3" : "eno1";
};

const loopback = (host: HostIdentity): string => ({ darwin: "lo0", windows: "1", linux: "lo" })[host.platform];

const subnetOf = (address: string): string => address.split(".").slice(0, 3).join(".");

export const networkFacts: TableBuilders = {
  interface_addresses: (host, random) => [
    { interface: loopback(host), address: "127.0.0.1", mask: "255.0.0.0", type: "manual" },
    { interface: loopback(host), address: "::1", mask: "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", type: "manual" },
    {
      interface: primaryInterface(host),
      address: host.address,
      mask: "255.255.255.0",
      broadcast: `${subnetOf(host.address)}.255`,
      type: "dhcp",
      friendly_name: host.platform === "windows" ? "Wi-Fi" : "",
    },
    {
      interface: primaryInterface(host),
      address: `fe80::${random.hex(4)}:${random.hex(4)}:${random.hex(4)}:${random.hex(4)}`,
      mask: "ffff:ffff:ffff:ffff::",
      type: "auto",
    },
  ],
  interface_details: (host, random) => [
    { interface: loopback(host), mac: "00:00:00:00:00:00", type: 24, mtu: 65_536, metric: 0, flags: 65_609 },
    {
      interface: primaryInterface(host),
      mac: host.mac,
      type: 6,
      mtu: 1500,
      metric: 0,
      flags: 69_699,
      ipackets: random.int(1e6, 9e7),
      opackets: random.int(1e6, 6e7),
      ibytes: random.int(1e9, 9e10),
      obytes: random.int(1e8, 9e9),
      ierrors: 0,
      oerrors: 0,
      idrops: random.int(0, 200),
      odrops: 0,
      link_speed: 1000,
      description: host.platform === "windows" ? "Intel(R) Wi-Fi 6E AX211 160MHz" : "",
      manufacturer: host.platform === "windows" ? "Intel Corporation" : "",
      enabled: 1,
    },
  ],
  routes: (host) => [
    {
      destination: "0.0.0.0",
      netmask: 0,
      gateway: `${subnetOf(host.address)}.1`,
      source: "",
      flags: 3,
      interface: primaryInterface(host),
      mtu: 1500,
      metric: 100,
      type: "gateway",
    },
    {
      destination: `${subnetOf(host.address)}.0`,
      netmask: 24,
      gateway: "",
      source: host.address,
      flags: 1,
      interface: primaryInterface(host),
      mtu: 1500,
      metric: 100,
      type: "local",
    },
  ],
  etc_hosts: (host) => [
    { address: "127.0.0.1", hostnames: "localhost" },
    { address: "127.0.1.1", hostnames: host.name },
  ],
  dns_resolvers: (host) => [{ id: 0, type: "nameserver", address: `${subnetOf(host.address)}.1`, netmask: "32" }],
};
