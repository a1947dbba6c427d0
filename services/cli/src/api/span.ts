import { usage } from "../failure.ts";

const MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How long "90m" is, in milliseconds; nothing when the text is no span of time. */
export function spanMs(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (MS[unit] ?? 0);
}

/** How many seconds an option that has to be a span says. */
export function spanSeconds(option: string, text: string): number {
  const span = spanMs(text);
  if (span === undefined || span === 0) throw usage(`--${option} is a span of time, such as 90s, 30m, 12h or 3d`);
  return span / 1_000;
}
