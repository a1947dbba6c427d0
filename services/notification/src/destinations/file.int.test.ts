import assert from "node:assert/strict";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { outgoingEvent } from "../testing/outgoing-event.ts";
import { FileDestination, type FileOptions } from "./file.ts";

describe("a file as a sink", () => {
  let folder: string;
  let now: Date;
  const open = (changes: Partial<FileOptions> = {}) =>
    new FileDestination({
      folder: join(folder, "acme"),
      name: "events",
      rotateBytes: 1_000_000,
      rotateMs: 3600_000,
      now: () => now,
      ...changes,
    });
  const read = (name: string) => readFile(join(folder, "acme", name), "utf8");

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-file-sink-"));
    now = new Date("2026-03-01T08:00:00Z");
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("holds one event a line, also of batches that were sent at once", async () => {
    const file = open();
    const sent = await Promise.all([file.send([outgoingEvent(1), outgoingEvent(2)]), file.send([outgoingEvent(3)])]);
    await file.close();
    assert.deepEqual(sent, [[{ kind: "taken" }, { kind: "taken" }], [{ kind: "taken" }]]);
    assert.equal(await read("events.ndjson"), '{"n":1}\n{"n":2}\n{"n":3}\n');
  });

  it("goes on in the file that was there, on a new line even after a torn one", async () => {
    const before = open();
    await before.send([outgoingEvent(1)]);
    await before.close();
    await appendFile(join(folder, "acme/events.ndjson"), '{"n":');
    const after = open();
    await after.send([outgoingEvent(2)]);
    await after.close();
    assert.equal(await read("events.ndjson"), '{"n":1}\n{"n":\n{"n":2}\n');
  });

  it("begins anew when it is large or old enough, and loses nothing of what was there", async () => {
    const file = open({ rotateBytes: 8 });
    await file.send([outgoingEvent(1)]);
    await file.send([outgoingEvent(2)]);
    await file.send([outgoingEvent(3)]);
    now = new Date(now.getTime() + 3600_000);
    await file.send([outgoingEvent(4)]);
    await file.close();
    const names = (await readdir(join(folder, "acme"))).sort();
    assert.deepEqual(names, [
      "events-20260301T080000Z-2.ndjson",
      "events-20260301T080000Z.ndjson",
      "events-20260301T090000Z.ndjson",
      "events.ndjson",
    ]);
    const all = await Promise.all(names.map(read));
    assert.deepEqual(all.join("").split("\n").sort().join(""), '{"n":1}{"n":2}{"n":3}{"n":4}');
  });

  it("takes nothing when the folder cannot be written", async () => {
    await writeFile(join(folder, "a-file"), "");
    const file = open({ folder: join(folder, "a-file/acme") });
    await assert.rejects(file.send([outgoingEvent(1)]), {
      name: "DestinationError",
      retryable: true,
      message: /ENOTDIR/,
    });
    await file.close();
  });
});
