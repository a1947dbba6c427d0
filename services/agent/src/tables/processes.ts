import { readFields } from "../machine/fields.ts";
import type { Machine } from "../machine/machine.ts";
import { bootTime, processIds, statFields, TICKS_A_SECOND } from "../machine/processes.ts";
import { defineTable } from "./table.ts";

export const processes = defineTable({
  name: "processes",
  columns: {
    pid: "BIGINT",
    name: "TEXT",
    path: "TEXT",
    cmdline: "TEXT",
    state: "TEXT",
    cwd: "TEXT",
    root: "TEXT",
    uid: "BIGINT",
    gid: "BIGINT",
    euid: "BIGINT",
    egid: "BIGINT",
    suid: "BIGINT",
    sgid: "BIGINT",
    on_disk: "INTEGER",
    wired_size: "BIGINT",
    resident_size: "BIGINT",
    total_size: "BIGINT",
    user_time: "BIGINT",
    system_time: "BIGINT",
    disk_bytes_read: "BIGINT",
    disk_bytes_written: "BIGINT",
    start_time: "BIGINT",
    parent: "BIGINT",
    pgroup: "BIGINT",
    threads: "INTEGER",
    nice: "INTEGER",
    cgroup_path: "TEXT",
  },
  *generate(machine) {
    const booted = bootTime(machine);
    for (const pid of processIds(machine)) {
      const stat = statFields(machine, pid);
      if (stat === undefined) continue;
      const file = (name: string) => machine.text(`/proc/${pid}/${name}`, `/proc/<pid>/${name}`) ?? "";
      const link = (name: string) => machine.link(`/proc/${pid}/${name}`, `/proc/<pid>/${name}`) ?? "";
      const status = readFields(file("status"));
      const [uid, euid, suid] = (status.get("Uid") ?? "").split(/\s+/);
      const [gid, egid, sgid] = (status.get("Gid") ?? "").split(/\s+/);
      const io = readFields(file("io"));
      const path = link("exe").replace(/ \(deleted\)$/, "");
      const seconds = (field: number) => Math.floor((Number(stat.field(field)) * 1000) / TICKS_A_SECOND);
      yield {
        pid,
        name: stat.name,
        path,
        cmdline: file("cmdline").replaceAll("\0", " ").trim(),
        state: stat.field(3),
        cwd: link("cwd"),
        root: link("root"),
        uid,
        gid,
        euid,
        egid,
        suid,
        sgid,
        on_disk: onDisk(machine, path),
        wired_size: 0,
        resident_size: kibibytes(status.get("VmRSS")),
        total_size: kibibytes(status.get("VmSize")),
        user_time: seconds(14),
        system_time: seconds(15),
        disk_bytes_read: io.get("read_bytes"),
        disk_bytes_written: io.get("write_bytes"),
        start_time: booted + Math.floor(Number(stat.field(22)) / TICKS_A_SECOND),
        parent: stat.field(4),
        pgroup: stat.field(5),
        threads: Number(stat.field(20)),
        nice: Number(stat.field(19)),
        cgroup_path: cgroupOf(file("cgroup")),
      };
    }
  },
});

/** 1 there, 0 deleted, -1 not known (kernel threads, or not ours to see). */
function onDisk(machine: Machine, path: string): number {
  if (path === "") return -1;
  return machine.status(path) === undefined ? 0 : 1;
}

const kibibytes = (text: string | undefined) => Number.parseInt(text ?? "0", 10) * 1024;

/** The path in the unified hierarchy (cgroup v2), else in the first one. */
function cgroupOf(text: string): string {
  const lines = text.trim().split("\n");
  const unified = lines.find((line) => line.startsWith("0::"));
  return (unified ?? lines[0] ?? "").split(":").slice(2).join(":");
}
