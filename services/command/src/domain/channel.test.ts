import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DeviceIdentity } from "@muster/device-identity/identity";
import { type Channel, isCurrent, type Wish, whyNot } from "./channel.ts";
import type { CommandType } from "./command.ts";

const channel = (generations: Partial<Channel["generations"]>, rest: Partial<Channel> = {}): Channel => ({
  tenant: "acme",
  deviceId: "d1",
  enrolled: true,
  personal: false,
  generations: { osquery: 0, orbit: 0, agent: 0, ...generations },
  ...rest,
});
const wish = (type: CommandType, freeText = false): Wish => ({ type, freeText });
const code = (wished: Wish, on: Channel | undefined) => whyNot(wished, on)?.code;

describe("a device that is asked", () => {
  it("can do everything with the agent", () => {
    for (const type of ["run_script", "refetch", "restart", "shutdown"] as const) {
      assert.equal(code(wish(type), channel({ agent: 1 })), undefined);
    }
  });

  it("only runs scripts with fleetd, and nothing with plain osquery", () => {
    assert.equal(code(wish("run_script", true), channel({ orbit: 1, osquery: 1 })), undefined);
    assert.equal(code(wish("restart"), channel({ orbit: 1 })), "command.unsupported");
    assert.equal(code(wish("run_script"), channel({ osquery: 1 })), "command.unsupported");
  });

  it("is sent to inventory for a refetch over osquery", () => {
    assert.match(whyNot(wish("refetch"), channel({ osquery: 1 }))?.message ?? "", /inventory/);
  });

  it("is unenrolled whatever is on it, and whoever's it is", () => {
    assert.equal(code(wish("unenroll"), channel({ osquery: 1 }, { personal: true })), undefined);
    assert.equal(code(wish("unenroll"), channel({}, { enrolled: false })), "command.device_unenrolled");
  });

  it("must be known and managed", () => {
    assert.equal(code(wish("refetch"), undefined), "command.device_unknown");
    assert.equal(code(wish("refetch"), channel({ agent: 1 }, { enrolled: false })), "command.device_unenrolled");
  });

  it("is not switched off and runs saved scripts only when it belongs to a person", () => {
    const own = channel({ agent: 1 }, { personal: true });
    assert.equal(code(wish("run_script", true), own), "command.ownership_forbids");
    assert.equal(code(wish("shutdown"), own), "command.ownership_forbids");
    assert.equal(code(wish("run_script", false), own), undefined);
    assert.equal(code(wish("refetch"), own), undefined);
  });
});

describe("a certificate or node key", () => {
  const key = (generation: number): DeviceIdentity => ({ tenant: "acme", deviceId: "d1", method: "agent", generation });

  it("counts while its generation is the present one of its method", () => {
    assert.equal(isCurrent(key(2), channel({ agent: 2, orbit: 9 })), true);
    assert.equal(isCurrent(key(1), channel({ agent: 2 })), false);
  });

  it("counts before the event that tells of it is here", () => {
    assert.equal(isCurrent(key(1), undefined), true);
    assert.equal(isCurrent(key(3), channel({ agent: 2 }, { enrolled: false })), true);
  });

  it("does not count once the device was unenrolled", () => {
    assert.equal(isCurrent(key(2), channel({ agent: 2 }, { enrolled: false })), false);
  });
});
