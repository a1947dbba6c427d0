import { defineTable } from "./table.ts";

/** One row for each socket, from /proc/cpuinfo; SMBIOS, which osquery reads, is not there on many virtual machines. */
export const cpuInfo = defineTable({
  name: "cpu_info",
  columns: {
    device_id: "TEXT",
    model: "TEXT",
    manufacturer: "TEXT",
    processor_type: "TEXT",
    cpu_status: "INTEGER",
    number_of_cores: "TEXT",
    logical_processors: "INTEGER",
    address_width: "TEXT",
    current_clock_speed: "INTEGER",
    max_clock_speed: "INTEGER",
    socket_designation: "TEXT",
  },
  *generate(machine) {
    const of = (text: string, field: string) => new RegExp(`^${field}\\s*: (.*)$`, "m").exec(text)?.[1]?.trim();
    const cpus = (machine.mustText("/proc/cpuinfo") ?? "").split("\n\n").filter((text) => text.trim() !== "");
    const sockets = Map.groupBy(cpus, (text) => of(text, "physical id") ?? "0");
    for (const [socket, members] of sockets) {
      const first = members[0] ?? "";
      const mhz = Math.round(Number(of(first, "cpu MHz") ?? 0));
      const limit = machine.text("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
      yield {
        device_id: `CPU${socket}`,
        model: of(first, "model name"),
        manufacturer: of(first, "vendor_id"),
        // CIM_Processor: 3 is a central processor; status 1 is enabled.
        processor_type: "3",
        cpu_status: 1,
        number_of_cores: of(first, "cpu cores") ?? String(members.length),
        logical_processors: members.length,
        address_width: / (\d+) bits virtual/.test(of(first, "address sizes") ?? "") ? "64" : "",
        current_clock_speed: mhz,
        max_clock_speed: limit === undefined ? mhz : Math.round(Number(limit) / 1000),
        socket_designation: `socket ${socket}`,
      };
    }
  },
});
