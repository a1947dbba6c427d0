import type { JsonValue } from "@bufbuild/protobuf";
import { refuse } from "../domain/refusals.ts";

/**
 * Refuses text that no database and no message can hold: with a NUL, or with half of a letter that takes two UTF-16
 * units. It would fail where it is written down, or come back as something else.
 */
export function refuseIllegible(json: JsonValue): void {
  // A stack of its own: a value may be nested deeper than calls can be.
  const waiting: (readonly [string, JsonValue])[] = [["", json]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [at, value] = next;
    if (typeof value === "string") refuseText(value, at);
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) {
        // A list may be of a hundred thousand ids: they do not have to stand in line.
        if (typeof item === "string") refuseText(item, at);
        else waiting.push([at, item]);
      }
      continue;
    }
    for (const [key, item] of Object.entries(value)) {
      refuseText(key, at);
      // Only the way's beginning: to name every level of a deep value would cost its square.
      waiting.push([at === "" ? key : at, item]);
    }
  }
}

function refuseText(text: string, at: string): void {
  if (text.isWellFormed() && !text.includes("\0")) return;
  throw refuse("api.bad_request", `"${at}" holds a NUL or half a letter (a lone surrogate); leave it out`);
}
