import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseIpAddresses } from "./addresses.ts";

const link = (ifname: string, addr: object) => ({ ifname, addr_info: [addr] });

describe("the addresses that ip tells", () => {
  it("have their mask written out, a scope where the address needs one, and the other end of a tunnel", () => {
    const told = [
      link("docker0", {
        family: "inet",
        local: "172.17.0.1",
        prefixlen: 20,
        broadcast: "172.17.15.255",
        scope: "global",
      }),
      link("eth0", { family: "inet6", local: "fe80::1", prefixlen: 64, scope: "link" }),
      link("lo", { family: "inet6", local: "::1", prefixlen: 128, scope: "host" }),
      link("tun0", { family: "inet", local: "10.0.0.2", address: "10.0.0.1", prefixlen: 32, scope: "global" }),
    ];
    const rows = parseIpAddresses(JSON.stringify(told)).map((row) => Object.values(row).join(" ").trim());
    assert.deepEqual(rows, [
      "docker0 172.17.0.1 255.255.240.0 172.17.15.255",
      "eth0 fe80::1%eth0 ffff:ffff:ffff:ffff::",
      "lo ::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "tun0 10.0.0.2 255.255.255.255  10.0.0.1",
    ]);
  });
});
