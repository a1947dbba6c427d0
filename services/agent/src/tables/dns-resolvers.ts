import { defineTable } from "./table.ts";

const TYPES: Readonly<Record<string, string>> = {
  nameserver: "nameserver",
  search: "search",
  domain: "search",
  sortlist: "sortlist",
};

/** resolv.conf(5). */
export const dnsResolvers = defineTable({
  name: "dns_resolvers",
  columns: { id: "INTEGER", type: "TEXT", address: "TEXT", netmask: "TEXT", options: "BIGINT" },
  *generate(machine) {
    let id = 0;
    for (const line of (machine.text("/etc/resolv.conf") ?? "").split("\n")) {
      const [keyword, ...values] = line
        .replace(/[#;].*$/, "")
        .trim()
        .split(/\s+/);
      const type = TYPES[keyword ?? ""];
      if (type === undefined) continue;
      for (const value of values) {
        const [address, mask] = value.split("/");
        yield { id: id++, type, address, netmask: mask ?? (type === "nameserver" ? "32" : ""), options: 0 };
      }
    }
  },
});
