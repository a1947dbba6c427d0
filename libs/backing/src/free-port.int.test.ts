import assert from "node:assert/strict";
import { createServer } from "node:net";
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

  it("are refused by name when somebody listens there", async (test) => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    test.after(() => server.close());
    await assert.rejects(requireFreePort(port, "The door"), new RegExp(`^StartupProblem: The door needs port ${port}`));
  });
});
