import { type DetailQuery, whereTableExists } from "./detail-query.ts";
import { BROWSER_EXTENSIONS, COMMON_QUERIES } from "./every-platform.ts";

export const LINUX_QUERIES: readonly DetailQuery[] = [
  ...COMMON_QUERIES,
  { fact: "kernel_info", shape: "object", sql: "select version, arguments, device from kernel_info" },
  {
    fact: "users",
    shape: "list",
    sql: "select uid, gid, username, description, directory, shell from users",
    numbers: ["uid", "gid"],
  },
  {
    fact: "mounts",
    shape: "list",
    sql: "select device, path, type, blocks_size, blocks, blocks_free from mounts where device like '/dev/%'",
    numbers: ["blocks_size", "blocks", "blocks_free"],
    volatile: ["blocks_free", "blocks_available", "inodes_free"],
  },
  {
    fact: "disk_encryption",
    shape: "list",
    sql: "select name, uuid, encrypted, type, encryption_status from disk_encryption where name like '/dev/%'",
    numbers: ["encrypted"],
  },
  {
    fact: "secureboot",
    shape: "object",
    sql: "select secure_boot, setup_mode from secureboot",
    numbers: ["secure_boot", "setup_mode"],
    discovery: whereTableExists("secureboot"),
  },
  {
    fact: "listening_ports",
    shape: "list",
    sql: "select distinct l.port, l.protocol, l.address, p.name as process from listening_ports l left join processes p using (pid) where l.port <> 0 and l.address not in ('127.0.0.1', '::1') and l.port < 32768",
    numbers: ["port", "protocol"],
  },
  {
    fact: "deb_packages",
    shape: "list",
    software: "deb",
    sql: "select name, version, maintainer as vendor from deb_packages",
    discovery: whereTableExists("deb_packages"),
  },
  {
    fact: "rpm_packages",
    shape: "list",
    software: "rpm",
    sql: "select name, version || '-' || release as version, vendor from rpm_packages",
    discovery: whereTableExists("rpm_packages"),
  },
  BROWSER_EXTENSIONS,
];
