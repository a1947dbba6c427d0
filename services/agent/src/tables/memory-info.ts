import { readFields } from "../machine/fields.ts";
import { defineTable } from "./table.ts";

export const memoryInfo = defineTable({
  name: "memory_info",
  columns: {
    memory_total: "BIGINT",
    memory_free: "BIGINT",
    memory_available: "BIGINT",
    buffers: "BIGINT",
    cached: "BIGINT",
    swap_cached: "BIGINT",
    active: "BIGINT",
    inactive: "BIGINT",
    swap_total: "BIGINT",
    swap_free: "BIGINT",
  },
  *generate(machine) {
    const fields = readFields(machine.mustText("/proc/meminfo") ?? "");
    const bytes = (name: string) => Number.parseInt(fields.get(name) ?? "0", 10) * 1024;
    yield {
      memory_total: bytes("MemTotal"),
      memory_free: bytes("MemFree"),
      memory_available: bytes("MemAvailable"),
      buffers: bytes("Buffers"),
      cached: bytes("Cached"),
      swap_cached: bytes("SwapCached"),
      active: bytes("Active"),
      inactive: bytes("Inactive"),
      swap_total: bytes("SwapTotal"),
      swap_free: bytes("SwapFree"),
    };
  },
});
