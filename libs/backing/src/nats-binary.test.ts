import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type NatsSource, natsBinary } from "./nats-binary.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-nats-binary-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, version: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "nats-server: v${version}"\n`, { mode: 0o755 });
  return path;
}

const envOf = (path: string) => ({ PATH: path, MUSTER_CACHE_DIR: join(folder, "cache") });
const source = (version: string, fetch: NatsSource["fetch"]): NatsSource => ({ version, announce: version, fetch });

describe("the search for nats-server", () => {
  it("takes the one on PATH when it is new enough", async () => {
    const found = program(join(folder, "bin/nats-server"), "2.11.0");
    assert.equal(await natsBinary({ env: envOf(join(folder, "bin")), sources: [] }), found);
  });

  it("passes over one on PATH that is too old, and fetches once", async () => {
    program(join(folder, "bin/nats-server"), "2.10.27");
    let fetched = 0;
    const sources = [
      source("2.15.2", async (target) => {
        fetched += 1;
        program(target, "2.15.2");
      }),
    ];
    const first = await natsBinary({ env: envOf(join(folder, "bin")), sources });
    const second = await natsBinary({ env: envOf(join(folder, "bin")), sources });
    assert.equal(first, join(folder, "cache/nats-server-2.15.2"));
    assert.equal(second, first);
    assert.equal(fetched, 1);
  });

  it("tries the next source when one fails", async () => {
    const sources = [
      source("2.15.2", () => Promise.reject(new Error("spawn go ENOENT"))),
      source("2.15.1", async (target) => void program(target, "2.15.1")),
    ];
    assert.equal(await natsBinary({ env: envOf(""), sources }), join(folder, "cache/nats-server-2.15.1"));
  });

  it("says what to install, and what it tried, when there is no way", async () => {
    const sources = [source("2.15.2", () => Promise.reject(new Error("spawn go ENOENT")))];
    await assert.rejects(natsBinary({ env: envOf(""), sources }), {
      name: "StartupProblem",
      message: /Install it .*MUSTER_NATS_URL.*tried 2\.15\.2: spawn go ENOENT/s,
    });
  });
});
