import type { Machine } from "./machine.ts";

/** The process ids there are now. */
export function processIds(machine: Machine): readonly number[] {
  return machine
    .names("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((left, right) => left - right);
}

/** The fields of /proc/<pid>/stat after the name, of which proc(5) calls the first (the state) number 3. */
export function statFields(machine: Machine, pid: number): { name: string; field(number: number): string } | undefined {
  const text = machine.text(`/proc/${pid}/stat`, "/proc/<pid>/stat");
  if (text === undefined) return undefined;
  // The name may hold blanks and brackets itself, so the last bracket ends it.
  const end = text.lastIndexOf(")");
  const rest = text.slice(end + 2).split(" ");
  return { name: text.slice(text.indexOf("(") + 1, end), field: (number) => rest[number - 3] ?? "0" };
}

/** When the machine started, in seconds since 1970. */
export function bootTime(machine: Machine): number {
  return Number(/^btime (\d+)$/m.exec(machine.mustText("/proc/stat") ?? "")?.[1] ?? 0);
}

/** Clock ticks a second (USER_HZ), which Linux has fixed at 100 for what it shows to programs. */
export const TICKS_A_SECOND = 100;
