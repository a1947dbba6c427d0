import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { type DeviceCompliance, type GroundNews, hearNews } from "./compliance.ts";

const NOTHING: DeviceCompliance = { compliant: true, grounds: new Map() };

const news = (ground: string, version: number, breaks: boolean, clearsOthers = false): GroundNews => ({
  tenant: "acme",
  deviceId: "laptop",
  ground,
  version,
  breaks,
  clearsOthers,
  eventId: `${ground}-${version}`,
  at: new Date(0),
  initiator: "policy",
  reasonAdmin: "",
  reasonUser: "",
});

const flipsOf = (all: readonly GroundNews[], held = NOTHING) =>
  hearNews(held, all).flips.map(({ compliant, cause }) => `${cause.eventId} ${compliant ? "complies" : "breaks"}`);

describe("a device's compliance", () => {
  it("is broken by the first ground and mended with the last", () => {
    const all = [news("a", 1, true), news("b", 2, true), news("a", 3, false), news("b", 4, false)];
    assert.deepEqual(flipsOf(all), ["a-1 breaks", "b-4 complies"]);
  });

  it("flips twice when it breaks and heals in one go", () => {
    assert.deepEqual(flipsOf([news("a", 1, true), news("a", 2, false)]), ["a-1 breaks", "a-2 complies"]);
  });

  it("is not changed by what is older, or was heard before", () => {
    const held = hearNews(NOTHING, [news("a", 1, true), news("a", 3, false)]);
    assert.deepEqual(flipsOf([news("a", 1, true), news("a", 2, true), news("a", 3, false)], held), []);
  });

  it("rests on management alone once the device is not managed, and on nothing of before when it is again", () => {
    const left = hearNews(NOTHING, [news("a", 1, true), news("enrollment", 2, true, true)]);
    assert.equal(left.flips.length, 1);
    assert.deepEqual(flipsOf([news("enrollment", 3, false)], left), ["enrollment-3 complies"]);
  });

  it("ends the same however its news comes, and each flip is told once", () => {
    const some = fc.array(fc.record({ ground: fc.constantFrom("a", "b", "c"), breaks: fc.boolean() }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), fc.nat(12), (drawn, places, cut) => {
        const inOrder = drawn.map(({ ground, breaks }, index) => news(ground, index + 1, breaks));
        const told = [...inOrder, ...inOrder]
          .map((each) => ({ each, place: places.next().value }))
          .toSorted((a, b) => a.place - b.place)
          .map(({ each }) => each);
        const first = hearNews(NOTHING, told.slice(0, cut));
        const second = hearNews(first, told.slice(cut));
        assert.deepEqual(second.grounds, hearNews(NOTHING, inOrder).grounds);
        const flips = [...first.flips, ...second.flips].map(({ compliant }) => compliant);
        assert.ok(
          flips.every((compliant, index) => compliant === (index % 2 === 1)),
          "two flips the same way",
        );
        assert.equal(flips.at(-1) ?? true, ![...second.grounds.values()].some((ground) => ground.breaks));
      }),
    );
  });
});
