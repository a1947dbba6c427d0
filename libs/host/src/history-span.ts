import { refusals } from "./refusal.ts";

const refuse = refusals({ "list.bad_span": "invalid" });

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOURLY_MS = 8 * DAY_MS;
const LONGEST_MS = 800 * DAY_MS;

export interface HistorySpan {
  readonly start: Date;
  readonly end: Date;
  /** How far apart it is told: over more than 8 days nobody sees more points than the days. */
  readonly unit: "hour" | "day";
}

/** The hour, of the world's clock, in which a time is. */
export const hourOf = (time: Date): Date => new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS);

/** The time that a request for a history is about; without a start it is the day before its end. */
export function historySpan(
  { since, until }: { readonly since: Date | undefined; readonly until: Date | undefined },
  now: Date,
): HistorySpan {
  const end = until ?? now;
  const start = since ?? new Date(end.getTime() - DAY_MS);
  const span = end.getTime() - start.getTime();
  if (span < 0 || span > LONGEST_MS)
    throw refuse("list.bad_span", "until is after since, and at most 800 days after it");
  return { start, end, unit: span > HOURLY_MS ? "day" : "hour" };
}

/** Where the hours or days of a span begin, the first where the span begins; its own end comes last. */
export function bucketsOf({ start, end, unit }: HistorySpan): readonly Date[] {
  const stepMs = unit === "hour" ? HOUR_MS : DAY_MS;
  const times = [start];
  for (let at = (Math.floor(start.getTime() / stepMs) + 1) * stepMs; at < end.getTime(); at += stepMs)
    times.push(new Date(at));
  return [...times, end];
}
