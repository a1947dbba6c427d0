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
    const first = await startNats({ dataDir: folder });
    assert.equal((await serverInfo(first.url))["jetstream"], true);
    await first.stop();
    assert.equal(isRunning(first.pid), false);

    const second = await startNats({ dataDir: folder, port: first.port });
    assert.equal((await serverInfo(second.url))["jetstream"], true);
    await second.stop();
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
