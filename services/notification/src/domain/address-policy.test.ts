import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cidrs, mayReach } from "./address-policy.ts";

describe("where a webhook may reach", () => {
  it("is the public internet", () => {
    for (const address of ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]) {
      assert.equal(mayReach(address, []), true, address);
    }
  });

  it("is no machine, network or metadata service of ours, however the address is written", () => {
    const ours = [
      ...["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"],
      ...["100.100.100.200", "168.63.129.16", "224.0.0.1", "255.255.255.255", "192.0.2.1"],
      ...[
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
      ],
      "not an address",
    ];
    for (const address of ours) assert.equal(mayReach(address, []), false, address);
  });

  it("is a private network that was allowed, and none beside it", () => {
    const allowed = cidrs("10.20.0.0/16, fd12::/16");
    assert.equal(mayReach("10.20.3.4", allowed), true);
    assert.equal(mayReach("::ffff:10.20.3.4", allowed), true);
    assert.equal(mayReach("fd12::7", allowed), true);
    assert.equal(mayReach("10.21.0.1", allowed), false);
    assert.equal(mayReach("127.0.0.1", allowed), false);
  });

  it("is told by networks, and anything else is refused", () => {
    assert.throws(() => cidrs("10.20.0.0"), /10\.20\.0\.0/);
  });
});
