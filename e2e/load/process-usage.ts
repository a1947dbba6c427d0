import { readFile } from "node:fs/promises";

export interface ProcessUsage {
  readonly rssMb: number;
  /** User and system time since the process began, with its children's: Postgres works in one for each connection. */
  readonly cpuSeconds: number;
}

/** Linux reports process times in ticks of 1/100 s to user space on every architecture Node runs on. */
const TICKS_PER_SECOND = 100;

/** Reads one process from /proc; undefined when it is gone. */
export const processUsage = async (pid: number): Promise<ProcessUsage | undefined> => {
  try {
    const [status, children] = await Promise.all([
      readFile(`/proc/${pid}/status`, "utf8"),
      readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => ""),
    ]);
    const pids = [pid, ...children.split(" ").filter((child) => child.trim() !== "")];
    const ticks = await Promise.all(pids.map((each) => ticksOf(each).catch(() => 0)));
    const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    return { rssMb: kilobytes / 1024, cpuSeconds: ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
};

const ticksOf = async (pid: number | string): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name may hold spaces and brackets, so fields are counted from behind it; 14 to 17 are the times, own and of ended children.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
};

/** Reads several by name and leaves out those that are gone. */
export const usageOf = async (pids: Readonly<Record<string, number>>): Promise<ReadonlyMap<string, ProcessUsage>> => {
  const read = await Promise.all(
    Object.entries(pids).map(async ([name, pid]) => [name, await processUsage(pid)] as const),
  );
  return new Map(read.flatMap(([name, usage]) => (usage === undefined ? [] : [[name, usage] as const])));
};

/** Which service a process is of: replicas are numbered from the second on. */
export const serviceOf = (process: string): string => process.replace(/-\d+$/, "");

/** Processor time in seconds of each service so far, of all its replicas. */
export const spentBy = async (pids: Readonly<Record<string, number>>): Promise<ReadonlyMap<string, number>> => {
  const spent = new Map<string, number>();
  for (const [process, { cpuSeconds }] of await usageOf(pids))
    spent.set(serviceOf(process), (spent.get(serviceOf(process)) ?? 0) + cpuSeconds);
  return spent;
};
