import { defineTable } from "./table.ts";

export const uptime = defineTable({
  name: "uptime",
  columns: { days: "INTEGER", hours: "INTEGER", minutes: "INTEGER", seconds: "INTEGER", total_seconds: "BIGINT" },
  *generate(machine) {
    const total = Math.floor(Number.parseFloat(machine.mustText("/proc/uptime") ?? "0"));
    yield {
      days: Math.floor(total / 86_400),
      hours: Math.floor(total / 3600) % 24,
      minutes: Math.floor(total / 60) % 60,
      seconds: total % 60,
      total_seconds: total,
    };
  },
});
