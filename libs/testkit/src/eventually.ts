import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again until the answer is there; fails after the deadline with what was waited for. Asking takes time from what is waited
 * for: the longer that takes, the fewer questions there are.
 */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, deadlineMs = 30_000): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > deadlineMs) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await delay(Math.min(100, Math.max(10, waitedMs / 20)));
  }
}
