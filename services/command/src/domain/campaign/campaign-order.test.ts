import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkPace, type RawPace, readOrder, waveSizes, writeOrder } from "./campaign-order.ts";

const pace: RawPace = {
  name: "test",
  waves: [],
  pauseSeconds: 0,
  successPercent: 0,
  haltPercent: 0,
  haltMinimum: 0,
  expiresInSeconds: 0,
};

describe("the waves of a campaign", () => {
  it("are counts or percents of all devices, and the last takes all that are left", () => {
    const count = (value: number) => ({ count: value, percent: 0 });
    const percent = (value: number) => ({ count: 0, percent: value });
    assert.deepEqual(waveSizes([], 7), [7]);
    assert.deepEqual(waveSizes([count(10), percent(10), percent(50)], 1_000), [10, 100, 890]);
    assert.deepEqual(waveSizes([percent(0.1), percent(100)], 10), [1, 9]);
    assert.deepEqual(waveSizes([count(5), count(5), count(5)], 7), [5, 2]);
    for (const wrong of [{ count: 0, percent: 0 }, { count: 1, percent: 1 }, { count: -1, percent: 0 }, percent(101)])
      assert.throws(() => waveSizes([wrong], 7), { code: "command.bad_request" });
  });
});

describe("the pace of a campaign", () => {
  it("has what nobody stated filled in, and is refused when it makes no sense", () => {
    const { haltMinimum, haltPercent, successPercent } = checkPace(pace, 7);
    assert.deepEqual([haltMinimum, haltPercent, successPercent], [5, 10, 90]);
    for (const wrong of [{ name: " " }, { pauseSeconds: -1 }, { haltPercent: 101 }, { successPercent: Number.NaN }])
      assert.throws(() => checkPace({ ...pace, ...wrong }, 7), { code: "command.bad_request" });
  });
});

describe("what a campaign asks", () => {
  const order = { type: "wipe", script: undefined, apple: undefined, lock: undefined, lostMode: undefined } as const;

  it("is read as it was written", () => {
    const wipe = { pin: "123456", preserveDataPlan: true, returnToService: true, wifiProfile: Buffer.from("wifi") };
    const written = { ...order, wipe, reason: "sold", expiresInSeconds: 60 };
    assert.deepEqual(readOrder(writeOrder(written)).wipe, wipe);
  });
});
