import { defineTable } from "./table.ts";

export const loadAverage = defineTable({
  name: "load_average",
  columns: { period: "TEXT", average: "TEXT" },
  *generate(machine) {
    const averages = (machine.mustText("/proc/loadavg") ?? "").split(" ");
    for (const [index, period] of ["1m", "5m", "15m"].entries()) yield { period, average: averages[index] };
  },
});
