import type { Stats } from "node:fs";
import { askedPaths } from "../machine/asked-paths.ts";
import { defineTable } from "./table.ts";

export const file = defineTable({
  name: "file",
  columns: {
    path: "TEXT",
    directory: "TEXT",
    filename: "TEXT",
    inode: "BIGINT",
    uid: "BIGINT",
    gid: "BIGINT",
    mode: "TEXT",
    device: "BIGINT",
    size: "BIGINT",
    block_size: "INTEGER",
    atime: "BIGINT",
    mtime: "BIGINT",
    ctime: "BIGINT",
    btime: "BIGINT",
    hard_links: "INTEGER",
    symlink: "INTEGER",
    type: "TEXT",
    symlink_target_path: "TEXT",
  },
  constrainedBy: ["path", "directory"],
  *generate(machine, { constraints }) {
    for (const { path, directory, filename } of askedPaths(machine, constraints)) {
      const own = machine.status(path, { follow: false });
      if (own === undefined) continue;
      // A link that leads nowhere is told of as itself.
      const status = own.isSymbolicLink() ? (machine.status(path) ?? own) : own;
      yield {
        path,
        directory,
        filename,
        inode: status.ino,
        uid: status.uid,
        gid: status.gid,
        mode: (status.mode & 0o7777).toString(8).padStart(4, "0"),
        device: status.rdev,
        size: status.size,
        block_size: status.blksize,
        atime: Math.floor(status.atimeMs / 1000),
        mtime: Math.floor(status.mtimeMs / 1000),
        ctime: Math.floor(status.ctimeMs / 1000),
        btime: Math.floor(status.birthtimeMs / 1000),
        hard_links: status.nlink,
        symlink: own.isSymbolicLink() ? 1 : 0,
        type: typeOf(status),
        symlink_target_path: own.isSymbolicLink() ? machine.link(path) : "",
      };
    }
  },
});

function typeOf(status: Stats): string {
  if (status.isFile()) return "regular";
  if (status.isDirectory()) return "directory";
  if (status.isSymbolicLink()) return "symlink";
  if (status.isBlockDevice()) return "block";
  if (status.isCharacterDevice()) return "character";
  if (status.isFIFO()) return "fifo";
  return status.isSocket() ? "socket" : "unknown";
}
