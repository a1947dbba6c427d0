import { release } from "node:os";
import { defineTable } from "./table.ts";

export const kernelInfo = defineTable({
  name: "kernel_info",
  columns: { version: "TEXT", arguments: "TEXT", path: "TEXT", device: "TEXT" },
  *generate(machine) {
    const words = (machine.mustText("/proc/cmdline") ?? "").trim().split(/\s+/);
    const valueOf = (key: string) => words.find((word) => word.startsWith(key))?.slice(key.length);
    yield {
      version: release(),
      arguments: words.filter((word) => !word.startsWith("BOOT_IMAGE=") && !word.startsWith("root=")).join(" "),
      path: valueOf("BOOT_IMAGE="),
      device: valueOf("root="),
    };
  },
});
