import { defineTable } from "./table.ts";

export const kernelModules = defineTable({
  name: "kernel_modules",
  columns: { name: "TEXT", size: "BIGINT", used_by: "TEXT", status: "TEXT", address: "TEXT" },
  *generate(machine) {
    for (const line of (machine.text("/proc/modules") ?? "").split("\n")) {
      const [name, size, , usedBy, status, address] = line.split(" ");
      if (name === undefined || address === undefined) continue;
      yield { name, size, used_by: usedBy?.replace(/,$/, ""), status, address };
    }
  },
});
