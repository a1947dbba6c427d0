import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { takeLock } from "./lock.ts";
import { markOf } from "./process-mark.ts";

describe("the lock on a state folder", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-agent-lock-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("lets only one agent in, and the next one after it has left", async () => {
    const path = join(folder, "a");
    const lock = await takeLock(path);
    await assert.rejects(takeLock(path), /another agent/);
    await lock.release();
    await (await takeLock(path)).release();
  });

  it("does not mistake another process with the same id for the one that died", async () => {
    const path = join(folder, "b");
    await writeFile(path, JSON.stringify({ ...markOf(process.pid), started: "earlier" }));
    await (await takeLock(path)).release();
  });
});
