import { setTimeout as delay } from "node:timers/promises";

/** Asks again until the answer is there; fails after the deadline with what was waited for. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, deadlineMs = 30_000): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`);
    await delay(10);
  }
}
