import { sayingLines } from "../machine/fields.ts";
import { defineTable } from "./table.ts";

export const etcHosts = defineTable({
  name: "etc_hosts",
  columns: { address: "TEXT", hostnames: "TEXT" },
  *generate(machine) {
    for (const line of sayingLines(machine.text("/etc/hosts"))) {
      const [address, ...hostnames] = line.replace(/#.*$/, "").trim().split(/\s+/);
      yield { address, hostnames: hostnames.join(" ") };
    }
  },
});
