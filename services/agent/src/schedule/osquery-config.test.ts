import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readOsqueryConfig } from "./osquery-config.ts";

const named = (config: object, host = "host") => readOsqueryConfig(config, host).queries.map(({ name }) => name);
const every = { query: "select 1", interval: 60 };

describe("osquery's configuration", () => {
  it("gives the schedule with osquery's defaults, numbers and switches as text included", () => {
    const { queries } = readOsqueryConfig(
      {
        options: { schedule_splay_percent: "0" },
        schedule: {
          plain: { query: "select 1", interval: "60" },
          snap: { query: "select 2", interval: 5, snapshot: true, removed: "false" },
        },
      },
      "host",
    );
    assert.deepEqual(queries, [
      { name: "plain", sql: "select 1", intervalSec: 60, snapshot: false, removed: true, discovery: [] },
      { name: "snap", sql: "select 2", intervalSec: 5, snapshot: true, removed: false, discovery: [] },
    ]);
  });

  it("names a pack's queries after the pack and gives them its discovery", () => {
    const config = {
      options: { pack_delimiter: "/" },
      packs: { it: { discovery: ["select 1 from users"], queries: { disks: every } } },
    };
    const [query] = readOsqueryConfig(config, "host").queries;
    assert.equal(query?.name, "pack/it/disks");
    assert.deepEqual(query.discovery, ["select 1 from users"]);
    assert.deepEqual(named({ packs: { it: { queries: { disks: every } } } }), ["pack_it_disks"]);
  });

  it("leaves out what is for another platform, makes no sense, or is for other hosts' share", () => {
    const schedule = {
      linux: { ...every, platform: "darwin, linux" },
      posix: { ...every, platform: "posix" },
      mac: { ...every, platform: "darwin" },
      never: { ...every, interval: 0 },
      empty: { interval: 60 },
      everybody: { ...every, shard: 0 },
    };
    assert.deepEqual(named({ schedule }), ["linux", "posix", "everybody"]);
    assert.deepEqual(named({ packs: { mac: { platform: "darwin", queries: { a: every } } } }), []);
    const half = Array.from({ length: 200 }, (_, n) =>
      named({ schedule: { q: { ...every, shard: 50 } } }, `host ${n}`),
    );
    const taking = half.filter(({ length }) => length === 1).length;
    assert.ok(taking > 60 && taking < 140, `${taking} of 200`);
    for (const nonsense of [undefined, null, 7, [], { schedule: [], packs: "x" }]) {
      assert.deepEqual(readOsqueryConfig(nonsense, "host").queries, []);
    }
  });

  it("spreads an interval by the percentage, differently for each host and always the same for one", () => {
    const intervalOf = (host: string) =>
      readOsqueryConfig({ schedule: { q: { query: "select 1", interval: 1_000 } } }, host).queries[0]?.intervalSec ?? 0;
    const intervals = Array.from({ length: 100 }, (_, n) => intervalOf(`host ${n}`));
    assert.ok(intervals.every((interval) => interval >= 900 && interval <= 1_100));
    assert.ok(new Set(intervals).size > 50);
    assert.equal(intervalOf("host 1"), intervalOf("host 1"));
  });

  it("reads all three kinds of decorators, and none when they are switched off", () => {
    const decorators = { load: ["a"], always: ["b", 7], interval: { "60": ["c"], x: ["d"] } };
    assert.deepEqual(readOsqueryConfig({ decorators }, "host").decorators, {
      load: ["a"],
      always: ["b"],
      interval: [{ everySec: 60, sql: "c" }],
    });
    const off = readOsqueryConfig({ decorators, options: { disable_decorators: true } }, "host");
    assert.deepEqual(off.decorators, { load: [], always: [], interval: [] });
  });
});
