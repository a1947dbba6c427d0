import { randomUUID } from "node:crypto";
import { arch } from "node:os";
import { hardwareUuid } from "../machine/hardware.ts";
import { defineTable, type Table } from "./table.ts";

/** POSIX (1) and Linux (8). */
const PLATFORM_MASK = 9;

/** Says that it is the Muster agent that answers, under the name the server's questions use. */
export function osqueryInfo({ version, startedAt }: { readonly version: string; readonly startedAt: Date }): Table {
  const instance = randomUUID();
  return defineTable({
    name: "osquery_info",
    columns: {
      pid: "INTEGER",
      uuid: "TEXT",
      instance_id: "TEXT",
      version: "TEXT",
      config_hash: "TEXT",
      config_valid: "INTEGER",
      extensions: "TEXT",
      build_platform: "TEXT",
      build_distro: "TEXT",
      start_time: "INTEGER",
      watcher: "INTEGER",
      platform_mask: "INTEGER",
    },
    *generate(machine) {
      yield {
        pid: process.ppid,
        uuid: hardwareUuid(machine),
        instance_id: instance,
        version: `${version} (muster agent)`,
        config_valid: 1,
        extensions: "none",
        build_platform: "linux",
        build_distro: `node ${process.versions.node} ${arch()}`,
        start_time: Math.floor(startedAt.getTime() / 1000),
        watcher: process.pid,
        platform_mask: PLATFORM_MASK,
      };
    },
  });
}
