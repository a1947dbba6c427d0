import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

/** No program is in it, and nothing that was built before. */
const empty = mkdtempSync(join(tmpdir(), "muster-charts-"));
after(() => rmSync(empty, { recursive: true, force: true }));

function checkCharts(env: NodeJS.ProcessEnv) {
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, "test.ts"), "--only=charts"], {
    env: { PATH: empty, MUSTER_CACHE_DIR: empty, ...env },
    encoding: "utf8",
  });
  return { status, stdout };
}

describe("the checks of charts on a machine without Go", () => {
  it("are skipped, and say what to install", () => {
    const { status, stdout } = checkCharts({});
    assert.match(stdout, /^skip charts .*\n.*install Go 1\.26 or newer.*\n0 passed, 0 failed, 1 skipped\n$/);
    assert.equal(status, 0);
  });

  it("fail in continuous integration, and say what to install", () => {
    const { status, stdout } = checkCharts({ CI: "true" });
    assert.match(stdout, /^FAIL charts .*\n.*install Go 1\.26 or newer.*\n0 passed, 1 failed\n$/);
    assert.equal(status, 1);
  });
});
