import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { startNats } from "./nats.ts";
import { isRunning } from "./process-table.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-backing-nats-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What a NATS server tells every client first. */
async function serverInfo(url: string): Promise<Record<string, unknown>> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const [greeting] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return JSON.parse(greeting.toString().replace(/^INFO /, "")) as Record<string, unknown>;
}

// The first start on a machine may have to build the server.
describe("our own NATS server", { timeout: 600_000 }, () => {
  it("offers JetStream, stops, and starts again in the same folder", async () => {
    for (const _round of [1, 2]) {
      const server = await startNats({ dataDir: folder });
      assert.equal((await serverInfo(server.url))["jetstream"], true);
      await server.stop();
      assert.equal(isRunning(server.pid), false);
    }
  });

  it("says which port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    await assert.rejects(startNats({ dataDir: folder, port }), {
      name: "StartupProblem",
      message: new RegExp(`NATS needs port ${port}, but another program listens there`),
    });
    other.close();
  });
});
