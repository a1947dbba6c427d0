import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { outgoingEvent } from "../../testing/outgoing-event.ts";
import { type Fault, type Nature, SinkWorld } from "../../testing/sink-world.ts";
import type { Action, Batch } from "./action.ts";
import { positionOf, WELL } from "./breaker.ts";
import { SinkFlow } from "./flow.ts";

const batching = { maxEvents: 2, maxBytes: 1_000, lingerMs: 0, inFlight: 2 };
const failure = { message: "away", afterMs: 0, isRefusal: false };

const sent = (actions: readonly Action[]): Batch[] =>
  actions.flatMap((action) => (action.kind === "send" ? [action.batch] : []));
const committed = (actions: readonly Action[]) =>
  actions.flatMap((action) => (action.kind === "commit" ? [action.commit] : []));
const numbers = (batches: readonly Batch[]) =>
  batches.map(({ events }) => events.map(({ position }) => Number(position.slice(2))));

/** A flow that has read so many events. */
function flowOf(count: number, changes: Partial<typeof batching> = {}): SinkFlow {
  const flow = new SinkFlow({ position: "7.0", breaker: WELL, batching: { ...batching, ...changes } });
  flow.next(0);
  flow.replaysRead([], 0);
  flow.next(0);
  flow.pageRead(
    Array.from({ length: count }, (_, index) => outgoingEvent(index + 1)),
    "9.0",
    false,
    0,
  );
  return flow;
}

describe("the flow of a sink", () => {
  it("sends full batches at once, and others when the first has waited long enough", () => {
    const flow = flowOf(3, { lingerMs: 100 });
    assert.deepEqual(numbers(sent(flow.next(0))), [[1, 2]]);
    assert.equal(flow.wakeAt, 10);
    flow.next(10);
    assert.equal(flow.wakeAt, 100);
    assert.deepEqual(numbers(sent(flow.next(100))), [[3]]);
  });

  it("sends what is larger than a batch may be alone", () => {
    const flow = new SinkFlow({ position: "7.0", breaker: WELL, batching: { ...batching, maxBytes: 10 } });
    flow.next(0);
    flow.replaysRead([], 0);
    flow.next(0);
    flow.pageRead([outgoingEvent(1), outgoingEvent(2, { text: "x".repeat(50) }), outgoingEvent(3)], "9.0", false, 0);
    assert.deepEqual(numbers(sent(flow.next(0))), [[1], [2]]);
  });

  it("sends nothing of what has no text in its format, buries it, and goes on", () => {
    const flow = new SinkFlow({ position: "7.0", breaker: WELL, batching });
    flow.next(0);
    flow.replaysRead([], 0);
    flow.next(0);
    const flawed = outgoingEvent(1, { text: "", flaw: "cannot be told" });
    flow.pageRead([flawed, outgoingEvent(2)], "9.0", false, 0);
    const [batch] = sent(flow.next(0));
    assert.ok(batch);
    assert.deepEqual(numbers([batch]), [[2]]);
    flow.answered(batch, [{ kind: "taken" }], 1, 0);
    const [commit] = committed(flow.next(1_000));
    assert.deepEqual(commit?.dead, [{ event: flawed, reason: "cannot be told" }]);
    assert.deepEqual([commit?.position, commit?.delivered, commit?.breaker.failures], ["9.0", 1, 0]);
  });

  it("moves the checkpoint only behind what was taken before it, whatever comes first", () => {
    const flow = flowOf(4);
    const [first, second] = sent(flow.next(0));
    assert.ok(first && second);
    flow.answered(second, [{ kind: "taken" }, { kind: "taken" }], 1, 0);
    assert.deepEqual(committed(flow.next(1_000)), []);
    flow.answered(first, [{ kind: "taken" }, { kind: "taken" }], 1, 0);
    assert.deepEqual(
      committed(flow.next(1_000)).map(({ position, delivered }) => [position, delivered]),
      [["9.0", 4]],
    );
  });

  it("makes one refused event a dead letter and goes on", () => {
    const flow = flowOf(2);
    const [batch] = sent(flow.next(0));
    assert.ok(batch);
    flow.answered(batch, [{ kind: "refused", reason: "too long" }, { kind: "taken" }], 1, 0);
    const [commit] = committed(flow.next(1_000));
    assert.deepEqual(
      commit?.dead.map(({ event, reason }) => [event.position, reason]),
      [["7.1", "too long"]],
    );
    assert.equal(commit?.position, "9.0");
  });

  it("halves a batch that is refused as a whole until the cause stands alone", () => {
    const flow = flowOf(4, { maxEvents: 4, inFlight: 1 });
    const seen: number[][] = [];
    for (let now = 0; now < 10; now++) {
      for (const batch of sent(flow.next(now))) {
        seen.push(...numbers([batch]));
        if (batch.events.some(({ position }) => position === "7.2")) {
          flow.failed(batch, { ...failure, message: "malformed", isRefusal: true }, now, 0);
        } else
          flow.answered(
            batch,
            batch.events.map(() => ({ kind: "taken" })),
            now,
            0,
          );
      }
    }
    assert.deepEqual(seen, [[1, 2, 3, 4], [1, 2], [3, 4], [1], [2]]);
    assert.deepEqual(
      committed(flow.next(1_000)).flatMap(({ dead }) => dead.map(({ event }) => event.position)),
      ["7.2"],
    );
  });

  it("leaves the other side alone for ever longer, and then tries with one batch", () => {
    const flow = flowOf(4);
    let now = 0;
    for (let failures = 1; failures <= 5; failures++) {
      const batches = sent(flow.next(now));
      assert.equal(batches.length, failures === 1 ? 2 : 1);
      for (const batch of batches) flow.failed(batch, failure, now, 0);
      assert.equal(flow.breaker.failures, failures);
      assert.equal(flow.breaker.pauseUntil - now, 1_000 * 2 ** (failures - 1));
      assert.deepEqual(sent(flow.next(flow.breaker.pauseUntil - 1)), []);
      if (failures === 5) assert.equal(positionOf(flow.breaker, now), "BREAKER_STATE_OPEN");
      now = flow.breaker.pauseUntil;
    }
    assert.equal(positionOf(flow.breaker, now), "BREAKER_STATE_HALF_OPEN");
    const [probe, ...others] = sent(flow.next(now));
    assert.ok(probe);
    assert.equal(others.length, 0);
    flow.answered(probe, [{ kind: "taken" }, { kind: "taken" }], now, 0);
    assert.equal(positionOf(flow.breaker, now), "BREAKER_STATE_CLOSED");
  });

  it("waits as long as the other side asks", () => {
    const flow = flowOf(2);
    const [batch] = sent(flow.next(0));
    assert.ok(batch);
    flow.failed(batch, { ...failure, afterMs: 90_000 }, 0, 0);
    assert.equal(flow.breaker.pauseUntil, 90_000);
  });

  it("reads no more than it may hold while nothing is taken", () => {
    const flow = flowOf(0);
    let held = 0;
    for (let now = 0; now < 100_000; now += 500) {
      for (const action of flow.next(now)) {
        if (action.kind === "send") flow.failed(action.batch, failure, now, 0);
        if (action.kind !== "read") continue;
        const page = Array.from({ length: action.limit }, () => outgoingEvent(++held));
        flow.pageRead(page, `7.${held}`, true, now);
      }
    }
    assert.ok(held <= 6, `${held} events are held`);
  });
});

const RUNS = 200;

const natures = fc.array(
  fc.constantFrom<Nature>("good", "good", "good", "good", "good", "refused", "poison", "stubborn"),
  { minLength: 1, maxLength: 40 },
);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("end" as const),
      pick: fc.nat(20),
      fault: fc.constantFrom<Fault>("none", "none", "none", "away", "answerLost", "half"),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.nat(3_000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("append" as const), count: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.constantFrom({ do: "crash" as const }, { do: "takeOver" as const }) },
);

describe("the flow of a sink, whatever happens", () => {
  it("never checkpoints ahead of what was taken or is a dead letter, and in the end everything is one of them", () => {
    fc.assert(
      fc.property(natures, fc.array(step, { maxLength: 150 }), (natures, steps) => {
        const world = new SinkWorld(natures);
        for (const each of steps) {
          if (each.do === "end") world.end(each.pick, each.fault);
          else if (each.do === "pass") world.pass(each.ms);
          else if (each.do === "append") world.append(each.count);
          else world[each.do]();
          assert.deepEqual(world.lost, []);
        }
        world.append(natures.length);
        for (let round = 0; round < 6_000 && !world.isSettled; round++) {
          // An event that is always asked for once more is known for what it is only beside others that are taken.
          if (round < 100) world.append(1);
          world.pass(10_000);
          while (world.end(0, "none"));
        }
        assert.ok(world.isSettled, `the checkpoint stays at ${world.position} of ${world.stream.length}`);
        assert.deepEqual(world.lost, []);
        for (const [index, { id }] of world.stream.entries()) {
          const times = world.took.get(id) ?? 0;
          assert.equal(times > 0 || world.dead.has(id), true);
          if ((natures[index] ?? "good") === "good")
            assert.equal(world.dead.has(id) && times === 0, false, "a good event is dead");
          else assert.equal(world.dead.has(id), true);
          assert.ok(times <= 1 + world.disturbances, `taken ${times} times after ${world.disturbances} disturbances`);
        }
      }),
      { numRuns: RUNS },
    );
  });
});
