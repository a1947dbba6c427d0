import { realpathSync, statfsSync } from "node:fs";
import { defineTable } from "./table.ts";

export const mounts = defineTable({
  name: "mounts",
  columns: {
    device: "TEXT",
    device_alias: "TEXT",
    path: "TEXT",
    type: "TEXT",
    blocks_size: "BIGINT",
    blocks: "BIGINT",
    blocks_free: "BIGINT",
    blocks_available: "BIGINT",
    inodes: "BIGINT",
    inodes_free: "BIGINT",
    flags: "TEXT",
  },
  *generate(machine) {
    for (const line of (machine.mustText("/proc/mounts") ?? "").split("\n")) {
      const [device, path, type, flags] = line.split(" ").map(unescape);
      if (device === undefined || path === undefined) continue;
      const space = spaceOf(path);
      yield {
        device,
        device_alias: aliasOf(device),
        path,
        type,
        blocks_size: space?.bsize,
        blocks: space?.blocks,
        blocks_free: space?.bfree,
        blocks_available: space?.bavail,
        inodes: space?.files,
        inodes_free: space?.ffree,
        flags,
      };
    }
  },
});

/** getmntent(3): blanks, tabs, line ends and backslashes are written in octal. */
const unescape = (text: string) =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

function spaceOf(path: string) {
  try {
    return statfsSync(path);
  } catch {
    return undefined;
  }
}

function aliasOf(device: string): string {
  try {
    return device.startsWith("/") ? realpathSync(device) : device;
  } catch {
    return device;
  }
}
