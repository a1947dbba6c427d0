import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { lockFolder } from "./folder-lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-folder-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the lock of a data folder", () => {
  it("is refused while its holder lives, and free after release", () => {
    const lock = lockFolder(folder);
    assert.throws(() => lockFolder(folder), { name: "StartupProblem", message: /is in use by process \d+/ });
    lock.release();
    lockFolder(folder).release();
  });

  it("is taken over from a process that is gone", () => {
    writeFileSync(join(folder, "lock"), "4194305 1");
    lockFolder(folder).release();
  });

  it("is taken over when its process id was given to a later process", { skip: process.platform !== "linux" }, () => {
    writeFileSync(join(folder, "lock"), `${process.pid} 1`);
    lockFolder(folder).release();
  });
});
