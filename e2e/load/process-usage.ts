import { readFile } from "node:fs/promises";

export interface ProcessUsage {
  readonly rssMb: number;
  /** User and system time since the process began. */
  readonly cpuSeconds: number;
}

/** Linux reports process times in ticks of 1/100 s to user space on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;

/** Reads one process from /proc; undefined when it is gone. */
export const processUsage = async (pid: number): Promise<ProcessUsage | undefined> => {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile(`/proc/${pid}/status`, "utf8"),
    ]);
    // The name may hold spaces and brackets, so fields are counted from behind it; utime and stime are 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    return { rssMb: kilobytes / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
};

/** Reads several by name and leaves out those that are gone. */
export const usageOf = async (pids: Readonly<Record<string, number>>): Promise<ReadonlyMap<string, ProcessUsage>> => {
  const read = await Promise.all(
    Object.entries(pids).map(async ([name, pid]) => [name, await processUsage(pid)] as const),
  );
  return new Map(read.flatMap(([name, usage]) => (usage === undefined ? [] : [[name, usage] as const])));
};
