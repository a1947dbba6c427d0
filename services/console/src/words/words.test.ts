import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { counted, enumWord, eventName, figure, percent, spaced } from "./names.ts";
import { ago, durationUnit } from "./time.ts";

const NOW = Date.parse("2026-05-05T12:00:00Z");

describe("words for people", () => {
  it("tell how long ago something was in the largest unit that fits", () => {
    assert.equal(ago("2026-05-05T11:59:55Z", NOW), "now");
    assert.equal(ago("2026-05-05T11:58:00Z", NOW), "2m ago");
    assert.equal(ago("2026-05-02T12:00:00Z", NOW), "3d ago");
    assert.equal(ago("2026-05-05T14:00:00Z", NOW), "in 2h");
  });

  it("write durations in the unit of the longest, and small numbers with two digits", () => {
    assert.deepEqual(
      [durationUnit(0), durationUnit(61_000)],
      [
        ["ms", 1],
        ["min", 60_000],
      ],
    );
    assert.deepEqual([figure(0), figure(0.0333), figure(1.26), figure(1_234.5)], ["0", "0.033", "1.3", "1,235"]);
  });

  it("read an event's type and an enumeration's value as a sentence would", () => {
    assert.equal(eventName("muster.inventory.v1.DeviceFactsChanged"), "Device facts changed");
    assert.equal(spaced("cpu_type"), "CPU type");
    assert.equal(enumWord("COMMAND_TYPE_RUN_SCRIPT", "COMMAND_TYPE_"), "run script");
  });

  it("count one thing in the singular, and divide nothing by nothing", () => {
    assert.deepEqual([counted(1, "device"), counted(1_200, "device")], ["1 device", "1,200 devices"]);
    assert.deepEqual([percent(1, 3), percent(0, 0)], ["33 %", "–"]);
  });
});
