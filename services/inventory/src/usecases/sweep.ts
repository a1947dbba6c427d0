import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";

interface Dependencies {
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

/** Does a piece of upkeep again and again, never twice at once; replicas may do the same at the same time. */
export function sweep(
  { log, lifecycle }: Dependencies,
  name: string,
  everyMs: number,
  work: () => Promise<void>,
): void {
  let timer: NodeJS.Timeout;
  let running = Promise.resolve();
  const again = (): void => {
    timer = setTimeout(
      () => {
        running = work()
          .catch((error: unknown) => log.warn({ err: error, sweep: name }, "sweep failed"))
          .then(again);
      },
      everyMs * (0.8 + 0.4 * Math.random()),
    );
  };
  again();
  lifecycle.add(`sweep ${name}`, async () => {
    clearTimeout(timer);
    await running;
    clearTimeout(timer);
  });
}
