import { defineTable } from "./table.ts";

/** utmp(5): records of 384 bytes on Linux with glibc. */
const RECORD_BYTES = 384;
const TYPES = ["empty", "runlevel", "boot_time", "new_time", "old_time", "init", "login", "user", "dead"];

export const loggedInUsers = defineTable({
  name: "logged_in_users",
  columns: { type: "TEXT", user: "TEXT", tty: "TEXT", host: "TEXT", time: "BIGINT", pid: "INTEGER" },
  *generate(machine) {
    const records = machine.bytes("/run/utmp") ?? machine.bytes("/var/run/utmp") ?? Buffer.alloc(0);
    for (let at = 0; at + RECORD_BYTES <= records.length; at += RECORD_BYTES) {
      const record = records.subarray(at, at + RECORD_BYTES);
      const string = (start: number, length: number) =>
        record
          .subarray(start, start + length)
          .toString("utf8")
          .replace(/\0.*$/s, "");
      const type = TYPES[record.readInt16LE(0)] ?? "unknown";
      if (type === "empty") continue;
      yield {
        type,
        user: string(44, 32),
        tty: string(8, 32),
        host: string(76, 256),
        time: record.readUInt32LE(340),
        pid: record.readInt32LE(4),
      };
    }
  },
});
