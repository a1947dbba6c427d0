/** Wakes a loop before its time. Rings while nobody waits are kept as one. */
export interface Bell {
  ring(): void;
  /** Resolves when rung, after `ms` (forever if undefined), or when the signal aborts. */
  wait(ms: number | undefined, signal: AbortSignal): Promise<void>;
}

/** setTimeout takes no more than this. */
const LONGEST_MS = 2 ** 31 - 1;

export function createBell(): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    wait(ms, signal) {
      return new Promise((resolve) => {
        const timer = ms === undefined ? undefined : setTimeout(done, Math.min(ms, LONGEST_MS));
        function done() {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          wake = undefined;
          rung = false;
          resolve();
        }
        wake = done;
        if (rung || signal.aborted) done();
        else signal.addEventListener("abort", done);
      });
    },
  };
}
