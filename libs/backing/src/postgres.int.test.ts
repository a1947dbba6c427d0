import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { startPostgres } from "./postgres.ts";
import { isRunning } from "./process-table.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-backing-postgres-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function accepts(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
}

describe("our own Postgres", { timeout: 180_000 }, () => {
  it("is created, stopped, and continues with the same password", async () => {
    const first = await startPostgres({ dataDir: folder, durable: false });
    await accepts(first.port);
    await first.stop();
    assert.equal(isRunning(first.pid), false);
    await assert.rejects(accepts(first.port), { code: "ECONNREFUSED" });

    const second = await startPostgres({ dataDir: folder, durable: false, port: first.port });
    assert.equal(second.url, first.url);
    await second.stop();
  });

  it("keeps its data folder and password from other users", () => {
    assert.equal(statSync(folder).mode & 0o077, 0);
    assert.equal(statSync(join(folder, "superuser-password")).mode & 0o077, 0);
  });

  it("says which port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    await assert.rejects(startPostgres({ dataDir: folder, durable: false, port }), {
      name: "StartupProblem",
      message: new RegExp(`Postgres needs port ${port}, but another program listens there`),
    });
    other.close();
  });

  it("refuses a second start on the same folder while the first runs", async () => {
    const server = await startPostgres({ dataDir: folder, durable: false });
    await assert.rejects(startPostgres({ dataDir: folder, durable: false }), {
      name: "StartupProblem",
      message: new RegExp(`is in use by process ${process.pid}`),
    });
    await server.stop();
  });

  it("takes over from a starter that was killed", async () => {
    const script = `
      const { startPostgres } = await import(${JSON.stringify(import.meta.resolve("./postgres.ts"))});
      const { pid } = await startPostgres({ dataDir: ${JSON.stringify(folder)}, durable: false });
      process.stdout.write(String(pid));`;
    const starter = spawn(process.execPath, ["--input-type=module", "--eval", script]);
    const [output] = (await once(starter.stdout, "data")) as [Buffer];
    const left = Number(output.toString());
    starter.kill("SIGKILL");
    await once(starter, "exit");
    assert.equal(isRunning(left), true);

    const server = await startPostgres({ dataDir: folder, durable: false });
    assert.equal(isRunning(left), false);
    await accepts(server.port);
    await server.stop();
  });
});
