import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SeededRandom } from "../seeded-random.ts";
import { drift } from "./drift.ts";
import { HostFacts } from "./host-facts.ts";
import { drawIdentity } from "./host-identity.ts";
import { tablesOf } from "./schema/all-tables.ts";

const now = new Date("2026-11-23T12:00:00Z");

const after = (steps: number, platform: "darwin" | "windows" | "linux") => {
  const random = new SeededRandom("world");
  const identity = drawIdentity({ name: "h", platform, epoch: now }, random.fork("identity"));
  const facts = new HostFacts(identity, random.fork("facts"), { startedAt: 0, configHash: "" });
  const changes = Array.from({ length: steps }, (_, step) => drift(facts, random.fork(`step ${step}`), now));
  const tables = [...tablesOf(platform, false).keys()].map((table) => [table, facts.rows(table, now)]);
  return { changes, tables };
};

describe("a host's drift", () => {
  it("is the same for the same seed", () => {
    assert.deepEqual(after(50, "linux"), after(50, "linux"));
  });

  it("touches software, disks, accounts and the system on every platform, and little else", () => {
    for (const platform of ["darwin", "windows", "linux"] as const) {
      const touched = new Set(after(200, platform).changes.map(({ table }) => table));
      assert.ok(touched.has("users") && touched.size >= 4 && touched.size <= 6, `${platform}: ${[...touched].join()}`);
    }
  });
});
