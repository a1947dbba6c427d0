import { networkInterfaces } from "node:os";
import type { Machine } from "./machine.ts";

export interface InterfaceAddress {
  readonly interface: string;
  readonly address: string;
  readonly mask: string;
  readonly broadcast: string;
  readonly pointToPoint: string;
}

interface IpLink {
  readonly ifname: string;
  readonly addr_info: readonly {
    readonly family: string;
    readonly local: string;
    /** The other end, where there is one. */
    readonly address?: string;
    readonly prefixlen: number;
    readonly broadcast?: string;
    readonly scope: string;
  }[];
}

const IP_PROGRAMS = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"];

/** No file tells the addresses of interfaces that are down, so ip(8) is asked; without it, only those that run are known. */
export function readAddresses(machine: Machine): readonly InterfaceAddress[] {
  const program = IP_PROGRAMS.find((path) => machine.status(path) !== undefined);
  const told = program === undefined ? undefined : machine.run(program, ["-j", "addr"]);
  return told === undefined ? runningInterfaces() : parseIpAddresses(told);
}

export function parseIpAddresses(json: string): readonly InterfaceAddress[] {
  return (JSON.parse(json) as readonly IpLink[]).flatMap(({ ifname, addr_info }) =>
    addr_info.map(({ family, local, address, prefixlen, broadcast, scope }) => ({
      interface: ifname,
      address: family === "inet6" && scope === "link" ? `${local}%${ifname}` : local,
      mask: maskOf(prefixlen, family === "inet6"),
      broadcast: broadcast ?? "",
      pointToPoint: address ?? "",
    })),
  );
}

function runningInterfaces(): readonly InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address, netmask, family, internal, scopeid }) => ({
      interface: name,
      address: family === "IPv6" && scopeid !== undefined && scopeid !== 0 ? `${address}%${name}` : address,
      mask: netmask,
      broadcast: family === "IPv4" && !internal ? broadcastOf(address, netmask) : "",
      pointToPoint: "",
    })),
  );
}

function maskOf(bits: number, ipv6: boolean): string {
  const width = ipv6 ? 16 : 8;
  const parts = Array.from({ length: 128 / 16 }, (_, index) => {
    const set = Math.min(width, Math.max(0, bits - index * width));
    return (2 ** width - 1) ^ (2 ** (width - set) - 1);
  });
  if (!ipv6) return parts.slice(0, 4).join(".");
  return new URL(`http://[${parts.map((part) => part.toString(16)).join(":")}]`).hostname.slice(1, -1);
}

function broadcastOf(address: string, mask: string): string {
  const bits = mask.split(".").map(Number);
  return address
    .split(".")
    .map((part, index) => Number(part) | (~(bits[index] ?? 255) & 255))
    .join(".");
}
