import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { freePort } from "@muster/backing/free-port";
import { isRunning } from "@muster/backing/process-table";
import { readyByHttp } from "./ready-by-http.ts";
import { type ProcessPlan, type SupervisedProcess, supervise } from "./supervise.ts";

/** Ready after a moment, and writes down how it was asked to end. */
const SERVICE = `
  import { createServer } from "node:http";
  const server = createServer((_request, response) => response.writeHead(server.ready ? 200 : 503).end());
  server.listen(Number(process.env.PORT), "127.0.0.1");
  setTimeout(() => { server.ready = true; console.log("ready"); }, 50);
  process.on("SIGTERM", () => { console.log("asked to stop"); process.exit(0); });`;

let folder: string;
let running: SupervisedProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-supervise-"));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function planOf(script: string): Promise<ProcessPlan> {
  writeFileSync(join(folder, "service.ts"), script);
  const port = await freePort();
  return {
    name: "service",
    root: folder,
    script: "service.ts",
    env: { ...process.env, PORT: String(port) },
    logFile: join(folder, "service.log"),
    pidFile: join(folder, "service.pid"),
    isReady: readyByHttp(port),
  };
}

describe("a supervised process", { timeout: 120_000 }, () => {
  it("counts as started when it says that it is ready", async () => {
    const plan = await planOf(SERVICE);
    running = await supervise(plan, () => undefined);
    assert.match(readFileSync(plan.logFile, "utf8"), /^ready$/m);
  });

  it("is started again when it dies unasked", async () => {
    const said = Promise.withResolvers<string>();
    const plan = await planOf(SERVICE);
    running = await supervise(plan, said.resolve);
    const first = running.pid;
    process.kill(first as number, "SIGKILL");
    assert.match(await said.promise, /^service ended \(exit SIGKILL\) and is started again/);
    while (running.pid === undefined) await new Promise(setImmediate);
    assert.notEqual(running.pid, first);
  });

  it("stays down after a kill, until it is restarted", async () => {
    running = await supervise(await planOf(SERVICE), assert.fail);
    const first = running.pid as number;
    await running.kill("SIGKILL");
    assert.equal(isRunning(first), false);
    assert.equal(running.pid, undefined);
    await running.restart();
    assert.notEqual(running.pid, first);
  });

  it("is asked before it is ended", async () => {
    const plan = await planOf(SERVICE);
    const service = await supervise(plan, assert.fail);
    const { pid } = service;
    await service.stop();
    assert.equal(isRunning(pid as number), false);
    assert.match(readFileSync(plan.logFile, "utf8"), /^asked to stop$/m);
  });

  it("that cannot start is told with the end of its log", async () => {
    const plan = await planOf(`console.error("MUSTER_NATS_URL is not set"); process.exit(1);`);
    await assert.rejects(
      supervise(plan, () => undefined),
      { name: "StartupProblem", message: /service did not start \(exit 1\)\. .*MUSTER_NATS_URL is not set/s },
    );
  });
});
