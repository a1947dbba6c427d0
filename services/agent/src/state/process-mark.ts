import { readFileSync } from "node:fs";

/** Names one process for good: a process id alone is given out again. */
export interface ProcessMark {
  readonly pid: number;
  /** Clock ticks from boot to the process's start (proc(5), /proc/<pid>/stat field 22), with the boot id before it. */
  readonly started: string;
}

/** Undefined if there is no such process. */
export function markOf(pid: number): ProcessMark | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return { pid, started: `${bootId()}:${ticks}` };
  } catch {
    return undefined;
  }
}

export function isAlive(mark: ProcessMark): boolean {
  return markOf(mark.pid)?.started === mark.started;
}

export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
