import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { RelayWorld } from "../testing/relay-world.ts";

const FATES = [
  "done",
  "done",
  "done",
  "done",
  "done",
  "done",
  "done",
  "done",
  "answer lost",
  "never happened",
  "happens later",
] as const;

type Happening = (world: RelayWorld) => void;

const writing: fc.Arbitrary<Happening>[] = [
  fc.nat(4).map((events) => (world) => world.begin(events)),
  fc.nat(9).map((choice) => (world) => world.write(world.anyOpen(choice))),
  fc.tuple(fc.nat(9), fc.nat(4)).map(
    ([choice, luck]) =>
      (world) =>
        world.end(choice, luck > 0),
  ),
];
const working: fc.Arbitrary<Happening>[] = [
  fc.tuple(fc.nat(5), fc.nat(3), fc.constantFrom(...FATES)).map(
    ([which, order, fate]) =>
      (world) =>
        world.perform(which, order, fate),
  ),
];
const changing: fc.Arbitrary<Happening>[] = [
  fc.constant<Happening>((world) => (world.relays.length < 3 ? world.elect() : undefined)),
  fc.nat(5).map((choice) => (world) => world.crash(choice)),
  fc.constant<Happening>((world) => world.arriveLate()),
];
const losing: fc.Arbitrary<Happening>[] = [
  fc.integer({ min: 1, max: 5 }).map((count) => (world) => world.loseTail(count)),
];
const meddling: fc.Arbitrary<Happening>[] = [
  fc.constant<Happening>((world) => world.deleteStream()),
  fc.nat(50).map((choice) => (world) => world.repair(choice)),
];

const weighted = (weights: readonly (readonly [number, fc.Arbitrary<Happening>[]])[]): fc.Arbitrary<Happening[]> =>
  fc.array(fc.oneof(...weights.flatMap(([weight, kinds]) => kinds.map((arbitrary) => ({ weight, arbitrary })))), {
    minLength: 20,
    maxLength: 150,
  });

const CALM = [
  [4, writing],
  [40, working],
  [2, changing],
] as const;

/** How the steps of a relay are explored; a failure prints the seed and the shortest story that leads to it. */
const EXPLORED = { numRuns: 3_000 };

const explore = (
  stories: fc.Arbitrary<Happening[]>,
  remembersIds: boolean,
  fromBeginning: boolean,
  check?: Check,
): void =>
  fc.assert(
    fc.property(stories, (happenings) => {
      const world = new RelayWorld(remembersIds, fromBeginning);
      for (const happen of happenings) happen(world);
      world.settle();
      check?.(world);
    }),
    EXPLORED,
  );

type Check = (world: RelayWorld) => void;

describe("a relay, whatever happens between any two of its steps", () => {
  it("tells all that was committed and nothing else, in order, and never keeps more than the bus acknowledged", () => {
    explore(weighted([...CALM, [1, losing], [1, meddling]]), true, false);
    explore(weighted([...CALM, [1, losing], [1, meddling]]), true, true);
  });

  it("tells again what the bus lost", () => {
    explore(weighted([...CALM, [1, losing]]), false, false, ({ isWhole }) => assert.ok(isWhole()));
  });

  it("tells the bus nothing twice while the bus loses nothing, though the bus remembers no ids", () => {
    explore(weighted(CALM), false, false, ({ repeated }) => assert.equal(repeated, 0));
  });
});
