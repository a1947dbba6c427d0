import type { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./logging.ts";

export interface RepeatOptions {
  readonly name: string;
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

/** Rounds that somebody asks for begin this far apart: who asks all the time is not served all the time. */
const APART_MS = 100;

/**
 * Does a piece of work again and again until the end, never twice at once. A failure is told, and the next round tries again.
 * @returns what brings the next round forward, for those who know that there is work.
 */
export function repeat({ name, everyMs, work, log, lifecycle }: RepeatOptions): () => void {
  let running: Promise<unknown> | undefined;
  let timer: NodeJS.Timeout;
  let ended = false;
  let wanted = false;
  let begunAt = Number.NEGATIVE_INFINITY;
  // Replicas that started together drift apart.
  const pauseMs = () => everyMs * (0.8 + Math.random() * 0.4);
  const soonMs = () => Math.max(0, begunAt + APART_MS - performance.now());
  const round = () => {
    wanted = false;
    begunAt = performance.now();
    running = work()
      .catch((error: unknown) => log.error({ err: error, work: name }, "periodic work failed"))
      .then(() => {
        running = undefined;
        if (!ended) timer = setTimeout(round, wanted ? soonMs() : pauseMs());
      });
  };
  timer = setTimeout(round, pauseMs());
  lifecycle.add(name, async () => {
    ended = true;
    clearTimeout(timer);
    await running;
  });
  return () => {
    if (wanted) return;
    wanted = true;
    if (ended || running !== undefined) return;
    clearTimeout(timer);
    timer = setTimeout(round, soonMs());
  };
}
