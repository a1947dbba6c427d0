import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { ScriptParams } from "./command.ts";
import { runScript } from "./run-script.ts";

/** Returns once the process has ended; whether its parent has taken notice (state Z) does not matter. */
async function gone(pid: number): Promise<void> {
  const path = `/proc/${pid}/stat`;
  while (existsSync(path) && !/\) [ZX] /.test(readFileSync(path, "utf8"))) await setTimeout(10);
}

describe("a script", { timeout: 120_000 }, () => {
  let folder: string;
  let count = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-agent-script-"));
  });
  after(() => rm(folder, { recursive: true }));

  const run = (
    content: string,
    params: Partial<ScriptParams> = {},
    signal = new AbortController().signal,
    onStarted: (pid: number) => Promise<void> = async () => undefined,
  ) =>
    runScript({
      params: { content, timeoutSec: 10, maxOutputBytes: 1000, ...params },
      folder,
      name: `script-${count++}`,
      signal,
      onStarted,
    });

  it("succeeds with its output and leaves no file behind", async () => {
    const end = await run("echo hello; echo there >&2");
    assert.equal(end.exitCode, 0);
    assert.equal(end.reason, undefined);
    assert.deepEqual(end.output.trim().split("\n").sort(), ["hello", "there"]);
    assert.deepEqual(await readdir(folder), []);
  });

  it("is run by the interpreter its first line names, with its argument, else by /bin/sh", async () => {
    assert.equal((await run("#!/usr/bin/env -S sed -n 2p\nsecond\n")).output, "second\n");
    assert.match((await run("readlink /proc/$$/exe")).output, /\/(dash|bash|sh|busybox)/);
    assert.equal((await run("process.stdout.write('js')", { interpreter: process.execPath })).output, "js");
  });

  it("gets neither the agent's environment nor its input", async () => {
    process.env["MUSTER_AGENT_TOKEN"] = "secret";
    const { output } = await run("env; cat");
    delete process.env["MUSTER_AGENT_TOKEN"];
    assert.ok(!output.includes("secret"));
  });

  it("fails with its exit code or signal", async () => {
    const code = await run("exit 7");
    assert.deepEqual([code.exitCode, code.reason], [7, "exit_code"]);
    const signal = await run("kill -9 $$");
    assert.deepEqual([signal.exitCode, signal.reason], [undefined, "signal SIGKILL"]);
  });

  it("fails with the shell's words when its interpreter is not there", async () => {
    const { exitCode, reason, output } = await run("#!/no/such/interpreter\n");
    assert.deepEqual([exitCode, reason], [127, "exit_code"]);
    assert.match(output, /\/no\/such\/interpreter.*not found/);
  });

  it("does not begin before its start is written down", async () => {
    const mark = join(folder, "..", `${folder.split("/").at(-1)}-mark`);
    let before: boolean | undefined;
    await run(`touch ${mark}`, {}, undefined, async () => {
      await setTimeout(50);
      before = existsSync(mark);
    });
    assert.deepEqual([before, existsSync(mark)], [false, true]);
    await rm(mark);
  });

  it("is ended with every process it started when its time is over", async () => {
    const { reason, output } = await run("sleep 300 & echo $!; sleep 300", { timeoutSec: 0.3 });
    assert.equal(reason, "timeout");
    await gone(Number(output));
  });

  it("is ended even if it ignores being asked", async () => {
    const { reason, output } = await run("trap '' TERM; echo $$; while :; do sleep 0.1; done", { timeoutSec: 0.2 });
    assert.equal(reason, "timeout");
    await gone(Number(output.split("\n")[0]));
  });

  it("ends for the reason it is cancelled for", async () => {
    const abort = new AbortController();
    const { reason } = await run("sleep 300", {}, abort.signal, async () => abort.abort("cancelled"));
    assert.equal(reason, "cancelled");
  });

  it("runs in a process group of its own", async () => {
    let pid = 0;
    const { output } = await run("cut -d' ' -f5 /proc/$$/stat", {}, undefined, async (started) => {
      pid = started;
    });
    assert.equal(Number(output), pid);
    const own = (await readFile("/proc/self/stat", "utf8")).split(" ")[4];
    assert.notEqual(output.trim(), own);
  });

  it("keeps the end of an output that is too long, whole characters only", async () => {
    const end = await run("i=0; while [ $i -lt 1000 ]; do echo line-ü-$i; i=$((i+1)); done", { maxOutputBytes: 100 });
    assert.equal(end.outputTruncated, true);
    assert.ok(Buffer.byteLength(end.output) <= 100);
    assert.ok(end.output.endsWith("line-ü-999\n"));
    assert.ok(!end.output.includes("\ufffd"));
    const short = await run("printf 1234567890", { maxOutputBytes: 10 });
    assert.deepEqual([short.output, short.outputTruncated], ["1234567890", false]);
  });

  it("does not wait for what it leaves running in the background", async () => {
    const { output, exitCode } = await run("sleep 300 & echo $!");
    assert.equal(exitCode, 0);
    // It is still there, and this throws if not.
    process.kill(Number(output));
  });
});
