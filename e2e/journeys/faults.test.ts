import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runFaults } from "../faults/run-faults.ts";

/** Two runs, so that a short time holds the rarer injuries of the bus as well. */
const RUNS = [
  {
    seed: "journey",
    only: ["kill -9", "SIGSTOP", "end connections", "crash Postgres", "kill -9 NATS", "refusing receiver"],
    runMs: 20_000,
  },
  {
    seed: "bus",
    only: ["delete a durable", "delete a stream", "roll the bus back", "repeat events out of order"],
    runMs: 15_000,
  },
] as const;

describe("a platform that is injured while it works", () => {
  for (const { seed, only, runMs } of RUNS) {
    it(`loses nothing and does nothing twice (seed ${seed})`, async (test) => {
      const report = await runFaults({
        seed,
        only,
        runMs,
        hosts: 20,
        agents: 4,
        replicas: 1,
        changesPerSecond: 10,
        rollBackMs: 4_000,
        keep: false,
        say: (line) => test.diagnostic(line),
      });
      assert.ok(report.timeline.length > 0);
      for (const { invariant, looked, violations } of report.findings) {
        assert.deepEqual(violations, [], invariant);
        assert.ok(looked > 0, `${invariant}: nothing was looked at`);
      }
    });
  }
});
