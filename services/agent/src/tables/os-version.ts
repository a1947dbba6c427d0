import { arch } from "node:os";
import { readShellFields } from "../machine/fields.ts";
import { defineTable } from "./table.ts";

const MACHINE_NAMES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64", ia32: "i686" };

export const osVersion = defineTable({
  name: "os_version",
  columns: {
    name: "TEXT",
    version: "TEXT",
    major: "INTEGER",
    minor: "INTEGER",
    patch: "INTEGER",
    build: "TEXT",
    platform: "TEXT",
    platform_like: "TEXT",
    codename: "TEXT",
    arch: "TEXT",
  },
  *generate(machine) {
    // os-release(5): /usr/lib holds the vendor's copy where /etc has none.
    const text = machine.text("/etc/os-release") ?? machine.mustText("/usr/lib/os-release");
    const release = readShellFields(text ?? "");
    const debian = machine.text("/etc/debian_version")?.trim();
    const id = release.get("ID") ?? "";
    // Debian's os-release says "12", only debian_version says "12.5".
    const exact = id === "debian" && debian !== undefined && /^\d/.test(debian) ? debian : release.get("VERSION_ID");
    const [major, minor, patch] = (exact ?? "").split(".");
    yield {
      name: release.get("NAME"),
      version: release.get("VERSION") ?? exact,
      major: Number(major ?? 0) || 0,
      minor: Number(minor ?? 0) || 0,
      patch: Number(patch ?? 0) || 0,
      build: release.get("BUILD_ID"),
      platform: id,
      platform_like: release.get("ID_LIKE") ?? id,
      codename: release.get("VERSION_CODENAME"),
      arch: MACHINE_NAMES[arch()] ?? arch(),
    };
  },
});
