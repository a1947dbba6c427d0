import type { Machine } from "./machine.ts";
import { processIds } from "./processes.ts";

export interface Socket {
  readonly inode: string;
  /** AF_UNIX 1, AF_INET 2, AF_INET6 10. */
  readonly family: number;
  /** IPPROTO_TCP 6, IPPROTO_UDP 17, IPPROTO_UDPLITE 136, IPPROTO_RAW 255; 0 for a Unix socket. */
  readonly protocol: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly path: string;
  readonly state: string;
  /** True for a bound TCP listener and for what has no connection. */
  readonly listening: boolean;
}

const SOURCES = [
  ["tcp", 2, 6],
  ["tcp6", 10, 6],
  ["udp", 2, 17],
  ["udp6", 10, 17],
  ["udplite", 2, 136],
  ["udplite6", 10, 136],
  ["raw", 2, 255],
  ["raw6", 10, 255],
] as const;

/** By the number in the `st` column (include/net/tcp_states.h). */
const TCP_STATES = [
  "UNKNOWN",
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSED",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
];
const LISTEN = 10;

/** The sockets of the network namespace the agent lives in. */
export function* readSockets(machine: Machine): Iterable<Socket> {
  for (const [name, family, protocol] of SOURCES) {
    for (const line of (machine.text(`/proc/net/${name}`) ?? "").split("\n").slice(1)) {
      const [, local, remote, state, , , , , , inode] = line.trim().split(/\s+/);
      if (local === undefined || remote === undefined || inode === undefined) continue;
      const number = Number.parseInt(state ?? "0", 16);
      const remotePort = portOf(remote);
      yield {
        inode,
        family,
        protocol,
        localAddress: addressOf(local),
        localPort: portOf(local),
        remoteAddress: addressOf(remote),
        remotePort,
        path: "",
        state: protocol === 6 ? (TCP_STATES[number] ?? "UNKNOWN") : "",
        listening: protocol === 6 ? number === LISTEN : remotePort === 0,
      };
    }
  }
  for (const line of (machine.text("/proc/net/unix") ?? "").split("\n").slice(1)) {
    const [, , , , , , inode, path] = line.trim().split(/\s+/);
    if (inode === undefined) continue;
    yield {
      inode,
      family: 1,
      protocol: 0,
      localAddress: "",
      localPort: 0,
      remoteAddress: "",
      remotePort: 0,
      path: path ?? "",
      state: "",
      listening: path !== undefined,
    };
  }
}

/** Which process holds which socket, by inode. Without root these are the agent's own user's only. */
export function socketOwners(machine: Machine): Map<string, { pid: number; fd: number }> {
  const owners = new Map<string, { pid: number; fd: number }>();
  for (const pid of processIds(machine)) {
    for (const fd of machine.names(`/proc/${pid}/fd`, "/proc/<pid>/fd")) {
      const inode = /^socket:\[(\d+)\]$/.exec(machine.link(`/proc/${pid}/fd/${fd}`, "/proc/<pid>/fd") ?? "")?.[1];
      if (inode !== undefined && !owners.has(inode)) owners.set(inode, { pid, fd: Number(fd) });
    }
  }
  return owners;
}

const portOf = (pair: string) => Number.parseInt(pair.slice(pair.indexOf(":") + 1), 16);
const addressOf = (pair: string) => kernelAddress(pair.slice(0, pair.indexOf(":")), { words: true });

/**
 * An address as the kernel prints it in hexadecimal.
 * With `words`, every group of four bytes is in the machine's order (little-endian), as in /proc/net/tcp.
 */
export function kernelAddress(hex: string, { words }: { readonly words: boolean }): string {
  const bytes = Buffer.from(hex, "hex");
  if (words) bytes.swap32();
  if (bytes.length === 4) return [...bytes].join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
