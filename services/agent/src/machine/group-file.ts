import type { Machine } from "./machine.ts";

export interface Group {
  readonly groupname: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The local groups (group(5)). */
export function readGroups(machine: Machine): readonly Group[] {
  const groups: Group[] = [];
  for (const line of (machine.mustText("/etc/group") ?? "").split("\n")) {
    const [groupname, , gid, members] = line.split(":");
    if (groupname === undefined || gid === undefined || !/^\d+$/.test(gid)) continue;
    groups.push({ groupname, gid: Number(gid), members: (members ?? "").split(",").filter((name) => name !== "") });
  }
  return groups;
}
