import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { freePort, freePorts, requireFreePort } from "./free-port.ts";

describe("free ports", () => {
  it("differ, can be listened on, and lie below those that outgoing connections get", async () => {
    const ports = await freePorts(30);
    assert.equal(new Set(ports).size, 30);
    for (const port of ports) {
      assert.ok(port >= 1_024 && port < 32_768, String(port));
      await requireFreePort(port, "The test");
    }
  });

  it("are given to one process at a time", async (test) => {
    const module = new URL("./free-port.ts", import.meta.url).href;
    const wait = "process.stdin.resume()";
    const script = `import { freePorts } from "${module}"; console.log((await freePorts(1_500)).join()); ${wait}`;
    const childPorts = async () => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      test.after(() => child.kill());
      for await (const line of createInterface(child.stdout)) return line.split(",");
      return [];
    };
    // Of 22,528 ports: if each looked for itself, it would be a wonder if no two shared one.
    const given = (await Promise.all(Array.from({ length: 8 }, childPorts))).flat();
    assert.equal(given.length, 12_000);
    assert.equal(new Set(given).size, 12_000);
  });

  it("are refused by name when somebody listens there", async (test) => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    test.after(() => server.close());
    await assert.rejects(requireFreePort(port, "The door"), new RegExp(`^StartupProblem: The door needs port ${port}`));
  });
});
