import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readStartOptions } from "./start-options.ts";

describe("the command line of npm start", () => {
  it("means a hundred hosts, ten Apple devices, this machine, and the documented ports", () => {
    assert.deepEqual(readStartOptions([]), { fresh: false, hosts: 100, appleDevices: 10, agent: true, ports: "fixed" });
  });

  it("can leave out the fleet and the agent, and move the ports", () => {
    const options = readStartOptions(["--fresh", "--no-fleet", "--no-agent", "--port-base", "9000"]);
    assert.deepEqual(options, { fresh: true, hosts: 0, appleDevices: 0, agent: false, ports: 9000 });
  });

  it("says what an option takes", () => {
    assert.throws(() => readStartOptions(["--hosts", "many"]), {
      name: "StartupProblem",
      message: '--hosts takes a whole number from 0 to 1000, not "many".',
    });
    assert.throws(() => readStartOptions(["--host", "3"]), {
      name: "StartupProblem",
      message: /npm start -- \[options\]/,
    });
  });
});
