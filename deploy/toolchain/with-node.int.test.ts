import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "muster-with-node-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(script: string, ...args: string[]) {
  const file = join(folder, "script.ts");
  writeFileSync(file, script);
  const launcher = join(root, "deploy/toolchain/with-node.mjs");
  return spawn(process.execPath, [launcher, relative(root, file), ...args], { stdio: ["ignore", "pipe", "inherit"] });
}

describe("a script run with the pinned Node", { timeout: 120_000 }, () => {
  it("gets its arguments, and its exit code is handed back", async () => {
    const child = run("process.stdout.write(process.argv.slice(2).join('+')); process.exitCode = 7;", "--one", "two");
    const output = child.stdout.toArray();
    const [code] = (await once(child, "exit")) as [number];
    assert.equal(code, 7);
    assert.equal(Buffer.concat(await output).toString(), "--one+two");
  });

  it("gets the signals sent to its launcher", async () => {
    const child = run(
      "process.once('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1000); console.log('up');",
    );
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number];
    assert.equal(code, 3);
  });
});
