/** RFC 9110 §10.2.3: seconds, or a date; 0 when it is neither. */
export function retryAfterMs(value: string, nowMs: number): number {
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs);
}
