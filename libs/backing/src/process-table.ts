import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether the process lives. A zombie counts as gone: it holds no file and no port. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return procStat(pid)?.[0] !== "Z";
}

/** The command line of a process, empty when it is gone or may not be seen. */
export function commandOf(pid: number): string {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

/** Tells a process from a later one that was given the same id: "<pid>" or "<pid> <start time in clock ticks>". */
export function processMark(pid: number): string {
  const startTime = procStat(pid)?.[19];
  return startTime === undefined ? String(pid) : `${pid} ${startTime}`;
}

/** Waits until the process is gone; false when it still lives after `withinMs`. */
export async function waitUntilGone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isRunning(pid)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

/** The fields of /proc/<pid>/stat from the state on (proc(5)): the name before them may itself contain spaces. */
function procStat(pid: number): string[] | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
