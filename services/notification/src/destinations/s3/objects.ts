import { createHash } from "node:crypto";
import type { OutgoingEvent } from "../../domain/outgoing-event.ts";

/** What is to become one object. */
export interface ObjectDraft {
  /** Without the ending that its encoding has. */
  readonly key: string;
  /** In the order of the stream. */
  readonly events: readonly OutgoingEvent[];
}

/**
 * A batch as objects, one for each hour in which something happened (UTC), named
 * `<prefix>/YYYY/MM/DD/HH/<writer>/<first position>-<last position>-<digest>`. The same events have the same name however
 * often they are sent, so that a repetition replaces the object. The digest is of their ids: other events never replace
 * it, though they may lie between the same positions, such as after a filter was changed.
 */
export function objectsOf(events: readonly OutgoingEvent[], prefix: string, writer: string): ObjectDraft[] {
  const hours = Map.groupBy(events, ({ time }) => time.toISOString().slice(0, 13).replaceAll(/[-T]/g, "/"));
  const folder = prefix.replace(/\/+$/, "");
  return [...hours].map(([hour, unordered]) => {
    const ordered = unordered.toSorted((a, b) => inStream(a.position, b.position));
    const name = [nameIn(ordered.at(0)), nameIn(ordered.at(-1)), digestOf(ordered)].join("-");
    return { key: [folder, hour, writer, name].filter((part) => part !== "").join("/"), events: ordered };
  });
}

/** A position's numbers may be longer than a number is exact. */
function inStream(a: string, b: string): number {
  const [left, right] = [a, b].map((position) => position.split(".").map(BigInt));
  for (const [index, value] of (left ?? []).entries()) {
    const other = right?.[index] ?? 0n;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

/** An event that tests a sink stands nowhere in the stream. */
const nameIn = (event: OutgoingEvent | undefined): string => event?.position || "test";

const digestOf = (events: readonly OutgoingEvent[]): string =>
  createHash("sha256")
    .update(events.map(({ id }) => id).join("\n"))
    .digest("hex")
    .slice(0, 12);
