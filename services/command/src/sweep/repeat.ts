import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";

export interface RepeatOptions {
  readonly name: string;
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

/** Does a piece of work again and again until the end, never twice at once. A failure is told, and the next round tries again. */
export function repeat({ name, everyMs, work, log, lifecycle }: RepeatOptions): void {
  let running: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout;
  let ended = false;
  // Replicas that started together drift apart.
  const pauseMs = () => everyMs * (0.8 + Math.random() * 0.4);
  const round = () => {
    running = work()
      .catch((error: unknown) => log.error({ err: error, work: name }, "periodic work failed"))
      .then(() => {
        if (!ended) timer = setTimeout(round, pauseMs());
      });
  };
  timer = setTimeout(round, pauseMs());
  lifecycle.add(name, async () => {
    ended = true;
    clearTimeout(timer);
    await running;
  });
}
