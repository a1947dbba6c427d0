import type { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./logging.ts";

export interface RepeatOptions {
  readonly name: string;
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

/**
 * Does a piece of work again and again until the end, never twice at once. A failure is told, and the next round tries again.
 * @returns what brings the next round at once, for those who know that there is work.
 */
export function repeat({ name, everyMs, work, log, lifecycle }: RepeatOptions): () => void {
  let running: Promise<unknown> | undefined;
  let timer: NodeJS.Timeout;
  let ended = false;
  let wanted = false;
  // Replicas that started together drift apart.
  const pauseMs = () => everyMs * (0.8 + Math.random() * 0.4);
  const round = () => {
    wanted = false;
    running = work()
      .catch((error: unknown) => log.error({ err: error, work: name }, "periodic work failed"))
      .then(() => {
        running = undefined;
        if (!ended) timer = setTimeout(round, wanted ? 0 : pauseMs());
      });
  };
  timer = setTimeout(round, pauseMs());
  lifecycle.add(name, async () => {
    ended = true;
    clearTimeout(timer);
    await running;
  });
  return () => {
    wanted = true;
    if (ended || running !== undefined) return;
    clearTimeout(timer);
    round();
  };
}
