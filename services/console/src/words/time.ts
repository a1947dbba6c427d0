const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });

/** How long ago, or until when, in the largest unit that fits. */
export function ago(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1_000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? "now" : relative.format(Math.trunc(seconds), "second");
}

const DURATIONS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** The unit that durations up to this one are written in, and how many milliseconds it has. */
export const durationUnit = (longestMs: number): readonly [name: string, ms: number] =>
  DURATIONS.find(([, ms]) => longestMs >= ms) ?? ["ms", 1];

const exactly = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium" });

export const exact = (time: string): string => exactly.format(new Date(time));

export const DAY_MS = 86_400_000;

/** The time so many days from now, as the API takes it. */
export const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
