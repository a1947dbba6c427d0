import type { Json } from "../../editing/json-text.ts";

/** A query that hosts ask themselves. */
export interface ScheduledQuery {
  readonly name: string;
  /** The pack that it is in; empty for the schedule's own. */
  readonly pack: string;
  readonly sql: string;
  readonly seconds: number;
  /** As osquery writes it; empty for every one. */
  readonly platform: string;
}

const partsOf = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const queriesOf = (queries: unknown, pack: string): readonly ScheduledQuery[] =>
  Object.entries(partsOf(queries)).map(([name, entry]) => {
    const { query, interval, platform } = partsOf(entry);
    return { name, pack, sql: textOf(query), seconds: Number(interval), platform: textOf(platform) };
  });

/** What stands in the schedule and in packs (osquery, "Configuration": schedule, packs). */
export const scheduledQueries = (schedule: Json = {}, packs: Json = {}): readonly ScheduledQuery[] => [
  ...queriesOf(schedule, ""),
  ...Object.entries(packs).flatMap(([pack, entry]) => queriesOf(partsOf(entry)["queries"], pack)),
];
