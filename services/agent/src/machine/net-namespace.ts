import type { Machine } from "./machine.ts";

/** The inode of the network namespace the agent lives in. */
export function netNamespace(machine: Machine): string {
  return /\[(\d+)\]/.exec(machine.link("/proc/self/ns/net") ?? "")?.[1] ?? "0";
}
