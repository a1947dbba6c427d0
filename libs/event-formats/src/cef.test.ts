import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { render } from "./render.ts";
import { sampleEvent } from "./testing/sample-events.ts";

/** Reads a line as a receiver does: bars and equals signs end something unless a backslash stands before them. */
function read(line: string): { header: string[]; keys: Map<string, string> } {
  const fields = line.split(/(?<!\\)\|/);
  const header = fields.slice(0, 7);
  const extension = fields.slice(7).join("|");
  const found = [...extension.matchAll(/(?:^| )(\w+)=((?:\\.|[^\\=])*?)(?= \w+=|$)/g)];
  return { header, keys: new Map(found.map(([, key = "", value = ""]) => [key, value.replace(/\\(.)/g, unescaped)])) };
}

const unescaped = (_: string, letter: string): string => ({ n: "\n", r: "\r" })[letter] ?? letter;

describe("a line of CEF", () => {
  it("is read again as what was written, whatever stands in it", () => {
    const event = sampleEvent("muster.inventory.v1.DeviceFactsChanged");
    const actor = "a=b|c\\d\r\ne";
    const { header, keys } = read(render("cef", { ...event, actor }));
    assert.deepEqual(header, ["CEF:0", "Muster", "Muster", "1", event.type, "Device facts changed", "1"]);
    assert.equal(keys.get("suser"), actor);
    assert.deepEqual(JSON.parse(keys.get("cs6") ?? ""), event.data);
    assert.equal(keys.get("rt"), String(event.time.getTime()));
  });

  it("leaves out a body that no receiver would take, and says so", () => {
    const event = sampleEvent("muster.inventory.v1.DeviceFactsChanged");
    const { keys } = read(render("cef", { ...event, data: { displayName: "x".repeat(4_000) } }));
    assert.equal(keys.get("cs6Label"), "Event left out");
  });
});
