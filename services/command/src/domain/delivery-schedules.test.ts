import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { hasEnded } from "./command.ts";
import { DEVICES, DeliveryWorld, FLEETD } from "./testing/delivery-world.ts";
import { reportOf } from "./testing/journaling-agent.ts";

const AGENTS = [0, 1] as const;
const MONTH_SEC = 30 * 24 * 3_600;

type Act = (world: DeliveryWorld) => void;
const act = <T extends readonly unknown[]>(
  name: string,
  drawn: { readonly [K in keyof T]: fc.Arbitrary<T[K]> },
  work: (world: DeliveryWorld, ...drawn: T) => void,
): fc.Arbitrary<Act> =>
  fc.tuple<unknown[]>(...drawn).map((values) =>
    Object.assign((world: DeliveryWorld) => work(world, ...(values as unknown as T)), {
      [fc.toStringMethod]: () => `${name}(${values.join(", ")})`,
    }),
  );

const device = fc.nat({ max: DEVICES - 1 });
const agent = fc.constantFrom(...AGENTS);
const lost = fc.boolean();

/** What may happen, in any order: a network that loses answers and says things twice, and machines that die. */
const acts = fc.oneof(
  {
    weight: 3,
    arbitrary: act("enqueue", [device, fc.constantFrom(30, 600, MONTH_SEC)], (w, d, life) => w.enqueue(d, life)),
  },
  { weight: 5, arbitrary: act("check in", [agent, lost], (w, d, isLost) => w.checkIn(d, isLost)) },
  { weight: 2, arbitrary: act("fetch script", [fc.nat(20), lost], (w, place, isLost) => w.fetchScript(place, isLost)) },
  { weight: 4, arbitrary: act("start", [agent], (w, d) => w.agents[d]?.start()) },
  { weight: 4, arbitrary: act("finish", [agent, fc.boolean()], (w, d, ok) => w.agents[d]?.finish(ok)) },
  { weight: 1, arbitrary: act("restart", [agent], (w, d) => w.agents[d]?.restart()) },
  {
    weight: 4,
    arbitrary: act("report", [agent, fc.boolean(), lost], (w, d, twice, answerLost) =>
      w.report(d, { twice, answerLost }),
    ),
  },
  { weight: 1, arbitrary: act("fleetd's result", [fc.boolean()], (w, ok) => reportOfFleetd(w, ok)) },
  { weight: 1, arbitrary: act("foreign result", [device, fc.nat(20)], (w, d, place) => reportForeign(w, d, place)) },
  { weight: 1, arbitrary: act("withdraw", [fc.nat(20)], (w, place) => w.withdraw(place)) },
  { weight: 2, arbitrary: act("pass", [fc.constantFrom(10, 130, 3_600, MONTH_SEC)], (w, seconds) => w.pass(seconds)) },
  { weight: 1, arbitrary: act("sweep", [], (w) => w.sweep()) },
  { weight: 1, arbitrary: act("unenroll", [device], (w, d) => w.unenroll(d)) },
);

function reportOfFleetd(world: DeliveryWorld, ok: boolean): void {
  const id = world.fleetdRan.at(-1);
  if (id !== undefined) world.hear(FLEETD, [reportOf(id, ok ? "succeeded" : "failed", ok ? "" : "exit_code")]);
}

/** A device speaks of a command of another, or of one that it was never given. */
function reportForeign(world: DeliveryWorld, from: number, place: number): void {
  const command = world.commands[place % Math.max(1, world.commands.length)];
  if (command === undefined || (command.deviceId === String(from) && command.state !== "queued")) return;
  world.hear(from, [reportOf(command.id, "succeeded", "")]);
  assert.deepEqual(
    world.commands.find(({ id }) => id === command.id),
    command,
    `device ${from} changed ${command.id}`,
  );
}

/** Everything that waits is carried through: no answer is lost any more, and then time passes. */
function settle(world: DeliveryWorld): void {
  for (const each of AGENTS) {
    world.pass(130);
    world.checkIn(each, false);
    world.agents[each]?.restart();
    world.report(each, { twice: false, answerLost: false });
  }
  world.pass(2 * MONTH_SEC);
  world.sweep();
}

describe("the delivery of commands, whatever gets lost, comes twice or dies", () => {
  it("runs a command at most once, in order, ends it once, and delivers nothing that has ended", () =>
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 80, size: "max" }), (schedule) => {
        const world = new DeliveryWorld();
        const ends = new Map<string, string>();
        for (const happen of schedule) {
          happen(world);
          for (const command of world.commands) {
            const ended = ends.get(command.id);
            if (ended !== undefined)
              assert.equal(JSON.stringify(command), ended, `${command.id} changed after its end`);
            else if (hasEnded(command)) ends.set(command.id, JSON.stringify(command));
          }
        }
        settle(world);
        for (const { executions } of world.agents) {
          for (const [id, times] of executions) assert.equal(times, 1, `${id} ran ${times} times`);
        }
        assert.equal(new Set(world.fleetdRan).size, world.fleetdRan.length, "fleetd ran a script twice");
        for (const command of world.commands) assert.ok(hasEnded(command), `${command.id} stays ${command.state}`);
      }),
      { numRuns: Number(process.env["MUSTER_TEST_SCHEDULES"] ?? 3_000) },
    ));
});
