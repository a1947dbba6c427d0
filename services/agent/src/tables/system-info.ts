import { arch, hostname, totalmem } from "node:os";
import { dmi, hardwareUuid } from "../machine/hardware.ts";
import type { Machine } from "../machine/machine.ts";
import { defineTable } from "./table.ts";

const MACHINE_NAMES: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64", ia32: "i686" };

export const systemInfo = defineTable({
  name: "system_info",
  columns: {
    hostname: "TEXT",
    uuid: "TEXT",
    cpu_type: "TEXT",
    cpu_subtype: "TEXT",
    cpu_brand: "TEXT",
    cpu_physical_cores: "INTEGER",
    cpu_logical_cores: "INTEGER",
    cpu_sockets: "INTEGER",
    cpu_microcode: "TEXT",
    physical_memory: "BIGINT",
    hardware_vendor: "TEXT",
    hardware_model: "TEXT",
    hardware_version: "TEXT",
    hardware_serial: "TEXT",
    board_vendor: "TEXT",
    board_model: "TEXT",
    board_version: "TEXT",
    board_serial: "TEXT",
    computer_name: "TEXT",
    local_hostname: "TEXT",
  },
  *generate(machine: Machine) {
    const cpus = (machine.mustText("/proc/cpuinfo") ?? "").split("\n\n").filter((text) => text.trim() !== "");
    const of = (text: string, field: string) => new RegExp(`^${field}\\s*: (.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
    const first = cpus[0] ?? "";
    const cores = new Set(cpus.map((text, index) => `${of(text, "physical id")}:${of(text, "core id") || index}`));
    const sockets = new Set(cpus.map((text) => of(text, "physical id")));
    yield {
      hostname: hostname(),
      uuid: hardwareUuid(machine),
      cpu_type: MACHINE_NAMES[arch()] ?? arch(),
      cpu_subtype: of(first, "model"),
      cpu_brand: of(first, "model name"),
      cpu_physical_cores: cores.size,
      cpu_logical_cores: cpus.length,
      cpu_sockets: sockets.size,
      cpu_microcode: of(first, "microcode"),
      physical_memory: totalmem(),
      hardware_vendor: dmi(machine, "sys_vendor"),
      hardware_model: dmi(machine, "product_name"),
      hardware_version: dmi(machine, "product_version"),
      hardware_serial: dmi(machine, "product_serial"),
      board_vendor: dmi(machine, "board_vendor"),
      board_model: dmi(machine, "board_name"),
      board_version: dmi(machine, "board_version"),
      board_serial: dmi(machine, "board_serial"),
      computer_name: hostname(),
      local_hostname: hostname(),
    };
  },
});
