import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { decodeEvent, type EventType, encodeEvent } from "@muster/contracts/event";
import { events } from "@muster/contracts/gen/events";
import { EVENT_FORMATS, render } from "./render.ts";
import { sampleEvent } from "./testing/sample-events.ts";

// Written anew by: node --test --test-update-snapshots libs/event-formats/src/golden.test.ts
const GOLDEN = join(import.meta.dirname, "../golden");

const TYPES = Object.keys(events) as EventType[];

/** What no body has beside the others: a refusal is not allowed, and a receiver of events is a webhook or a sink. */
const UNSET: Partial<Record<EventType, readonly string[]>> = {
  "muster.gateway.v1.ActionTaken": ["allowed"],
  "muster.notification.v1.SinkFailing": ["webhookId"],
  "muster.notification.v1.SinkRecovered": ["webhookId"],
};

describe("every event", () => {
  for (const format of EVENT_FORMATS) {
    it(`is told in ${format} as it was when somebody last looked at it`, (test) => {
      for (const type of TYPES) {
        const line = render(format, sampleEvent(type));
        const isJson = format !== "cef";
        const text = isJson ? `${JSON.stringify(JSON.parse(line), null, 2)}\n` : `${line}\n`;
        assert.doesNotMatch(line, /[\r\n]/);
        const path = join(GOLDEN, format, `${type}.${isJson ? "json" : "cef"}`);
        test.assert.fileSnapshot(text, path, { serializers: [String] });
      }
      assert.equal(readdirSync(join(GOLDEN, format)).length, TYPES.length);
    });
  }

  it("has a sample whose body is as a publisher writes it, with every field that it has", () => {
    for (const type of TYPES) {
      const { data } = sampleEvent(type);
      assert.deepEqual(encodeEvent(type, decodeEvent(type, data)), data);
      const missing = Object.keys(decodeEvent(type, {})).filter((field) => !(field in (data as object)));
      assert.deepEqual(missing, UNSET[type] ?? [], type);
    }
  });

  it("loses nothing on the way to OCSF and ECS", () => {
    for (const type of TYPES) {
      const event = sampleEvent(type);
      for (const format of ["ocsf", "ecs"] as const) {
        const told = new Set(leavesOf(JSON.parse(render(format, event))));
        const lost = leavesOf(event.data).filter((leaf) => !told.has(leaf) && !isTold(format, leaf));
        assert.deepEqual(lost, [], `${type} in ${format}`);
      }
    }
  });
});

function leavesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [String(value)];
  return Object.values(value).flatMap(leavesOf);
}

/** What OCSF says in its own way: a time in milliseconds, a removal and a verdict as what they make of the finding. */
const isTold = (format: string, leaf: string): boolean =>
  format === "ocsf" && ["2026-10-01T08:15:30.123Z", "true", "VERDICT_FAIL", "6", "7"].includes(leaf);
