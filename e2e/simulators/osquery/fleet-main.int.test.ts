import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { tinyOsqueryServer } from "../testing/tiny-osquery-server.ts";

const main = fileURLToPath(new URL("fleet-main.ts", import.meta.url));

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "inherit"] });

const firstLine = async (child: ChildProcess): Promise<Record<string, string>> => {
  if (child.stdout === null) throw new Error("no output");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return JSON.parse(line) as Record<string, string>;
};

const enrolled = async (control: string | undefined): Promise<string[]> => {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    const hosts = (await (await fetch(`${control}/hosts`)).json()) as { name: string; enrolled: boolean }[];
    if (hosts.every((host) => host.enrolled)) return hosts.map(({ name }) => name);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the fleet did not enroll in 10 s");
};

describe("the fleet's process", () => {
  it("enrolls once, ends cleanly on SIGTERM, and goes on as the same machines", async (t) => {
    const server = await tinyOsqueryServer(t, "s");
    const state = await mkdtemp(join(tmpdir(), "muster-fleet-main-"));
    t.after(() => rm(state, { recursive: true }));
    const args = ["--server", server.url, "--secret", "s", "--hosts", "4", "--state", state, "--name-prefix", "demo-"];
    const names: string[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const child = start(...args);
      const { control } = await firstLine(child);
      names.push(await enrolled(control));
      child.kill("SIGTERM");
      assert.deepEqual(await once(child, "exit"), [0, null]);
    }
    assert.deepEqual(names[0], names[1]);
    assert.ok(names[0]?.every((name) => name.startsWith("demo-")));
    assert.equal(server.to("/enroll").length, 4);
  });
});
